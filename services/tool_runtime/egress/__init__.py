"""The egress proxy: the one way out of a job, which decides about every request and keeps a journal of it."""
