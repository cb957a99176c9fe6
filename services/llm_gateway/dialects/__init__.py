"""Dialects: how each kind of client is answered."""
