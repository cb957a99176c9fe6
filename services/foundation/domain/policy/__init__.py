"""What a tenant is held to, beyond its money: quotas, and for how long its content is kept."""
