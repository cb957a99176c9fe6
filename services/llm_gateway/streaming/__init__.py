"""A stream on its way to the client: bounded, kept alive while the provider is silent, and given up in time."""
