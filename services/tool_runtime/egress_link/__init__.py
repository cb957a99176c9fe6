"""How a job's connections get from its runner to an egress service, and whose they are."""
