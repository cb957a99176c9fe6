"""The egress proxy as a service of its own, for jobs whose runner shares their network."""
