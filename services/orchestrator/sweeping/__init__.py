"""Finds runs and steps that make no progress, and repairs them."""
