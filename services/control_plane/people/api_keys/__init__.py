"""API keys: made, shown once, rotated with an overlap, revoked."""
