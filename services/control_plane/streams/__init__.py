"""Streams of events, which go on as more happens: what is read, who is told, and how many read at once."""
