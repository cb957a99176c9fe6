"""Triggers and the calls that they were sent."""
