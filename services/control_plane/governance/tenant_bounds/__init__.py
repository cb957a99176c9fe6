"""The bounds that operators set for a tenant, within which its owners and administrators choose."""
