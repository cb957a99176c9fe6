"""Tenants: made, suspended and restored by operators, described by their owners."""
