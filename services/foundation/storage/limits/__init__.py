"""What tenants, users and keys may spend, and the warnings before they have."""
