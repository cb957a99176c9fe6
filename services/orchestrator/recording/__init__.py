"""How a tick ended, written in one transaction."""
