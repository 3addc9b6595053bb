"""The charts of a comparison: fans with the paired difference below, and each state's chances side by side."""
