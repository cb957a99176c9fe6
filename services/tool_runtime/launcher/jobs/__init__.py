"""Jobs that are open, that wait, and that ended."""
