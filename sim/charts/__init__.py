"""The charts: `catalogue` has them all; a file each, in one style."""
