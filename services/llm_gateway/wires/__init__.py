"""The vendors' wires: how each is read, what its parts may cost, and how its events, usage and errors are written."""
