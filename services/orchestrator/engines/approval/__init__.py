"""The engine of steps that wait for a person."""
