"""How a tick ended, written down: one file an outcome, and the writer that gives each its transaction."""
