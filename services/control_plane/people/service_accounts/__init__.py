"""Service accounts: members of a tenant that are no people."""
