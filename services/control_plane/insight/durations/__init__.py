"""What the time of a run's steps went by."""
