"""Which workers live: what the registry promises, Redis, and one in memory."""
