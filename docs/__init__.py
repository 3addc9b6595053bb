"""The documentation: plain Markdown, and what keeps it true."""
