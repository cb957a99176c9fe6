"""Runs that go on from what earlier ones have done: retried in a new generation, or forked into a new run."""
