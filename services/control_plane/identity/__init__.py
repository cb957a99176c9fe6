"""Who calls: tokens, keys, memberships, and the local issuer."""
