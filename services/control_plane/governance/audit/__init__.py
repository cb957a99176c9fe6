"""The audit as it is read, exported, kept unchangeable and verified."""
