"""The coding agents: how each is started, and how what it says is read."""
