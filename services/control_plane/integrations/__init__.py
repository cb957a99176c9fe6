"""What starts runs without a caller, and what is told of them elsewhere."""
