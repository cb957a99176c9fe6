"""Whose turn it is: what takes much is begun by few at a time, so that others need not wait for it."""
