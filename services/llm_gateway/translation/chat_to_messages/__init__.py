"""Callers of chat completions, served by providers of messages."""
