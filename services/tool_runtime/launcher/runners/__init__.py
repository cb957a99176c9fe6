"""Runners: started, kept in a pool, given one job each."""
