"""Roles: those that every tenant has, and those that it makes of permissions for itself."""
