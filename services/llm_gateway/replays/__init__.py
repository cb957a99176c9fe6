"""Answers that are kept, encrypted, for calls that may be made again."""
