"""Who calls: people and service accounts, their tenants, roles, keys, invitations, and the local login."""
