"""The tools and their arguments: one file a tool, one line each in the catalogue."""
