"""Buckets of tokens by name: what they promise, in Redis for all processes, in one process, and both in turn."""
