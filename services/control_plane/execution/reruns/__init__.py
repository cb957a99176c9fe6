"""Runs that go on from what has been done: retried in a new generation, or forked into a run of their own."""
