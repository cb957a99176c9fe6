"""That this worker lives, and what it holds."""
