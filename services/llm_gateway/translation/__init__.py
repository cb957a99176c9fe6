"""Translation: a caller of one dialect is served by a provider of another."""
