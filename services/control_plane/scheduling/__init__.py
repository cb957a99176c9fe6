"""What starts the runs of schedules: when they fire, what becomes of a firing, and the loops that ask."""
