"""What services and tenants tell the gateway, and what it answers beside model calls."""
