"""Callers of messages, served by providers of chat completions."""
