"""Runs, steps and what happened in them, one repository file a table."""
