"""The checkpoints of an agent's turns: listed, read, verified and deleted."""
