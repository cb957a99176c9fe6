"""The services that a worker calls."""
