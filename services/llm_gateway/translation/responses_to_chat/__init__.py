"""Callers of Responses, served by providers of chat completions."""
