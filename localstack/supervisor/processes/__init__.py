"""Starts, watches, restarts and stops processes, without knowing which processes there are."""
