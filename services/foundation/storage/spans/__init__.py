"""Spans of traces, as they are stored and read."""
