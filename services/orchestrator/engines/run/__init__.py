"""Runs below runs, started by a step."""
