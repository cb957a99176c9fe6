"""How a worker comes to hold a step, and how it keeps it."""
