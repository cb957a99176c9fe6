"""What a tenant's administrators and the platform's operators set and look into."""
