"""What a caller may spend and how often: scopes, their windows, and a tenant's limits."""
