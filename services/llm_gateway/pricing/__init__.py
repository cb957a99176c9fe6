"""What a model costs, and the most that a call can take."""
