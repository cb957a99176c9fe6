"""Checkpoints of agents: what a conversation consists of, stored once, and a list of it for each turn."""
