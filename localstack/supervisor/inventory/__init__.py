"""Which processes the local stack has, and which environment variables each of them gets."""
