"""Spans on their way out of a process: what they may say, where they wait, and how they are exported."""
