"""Runs: started once, read, controlled, explained."""
