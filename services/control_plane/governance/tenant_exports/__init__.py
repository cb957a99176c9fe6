"""Exports: one archive of all that a tenant has, to take along."""
