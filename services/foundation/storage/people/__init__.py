"""Tenants, their members and keys, their settings, and who did what."""
