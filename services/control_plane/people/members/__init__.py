"""Members of a tenant, and the roles that they have."""
