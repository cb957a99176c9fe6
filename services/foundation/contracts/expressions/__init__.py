"""The `${…}` of a definition: its grammar, what it reads, and its value."""
