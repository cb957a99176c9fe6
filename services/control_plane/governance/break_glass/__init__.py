"""Accesses by which operators read what is a tenant's, and how the tenant sees them."""
