"""Requests for approval: listed, read, decided once."""
