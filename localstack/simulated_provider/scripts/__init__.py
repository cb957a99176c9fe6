"""Answers that were written down beforehand, one file a model."""
