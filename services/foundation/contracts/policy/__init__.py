"""What tenants decide about themselves, and within which bounds operators let them."""
