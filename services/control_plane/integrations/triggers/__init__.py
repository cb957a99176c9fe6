"""Triggers: runs that are started by a signed call from outside."""
