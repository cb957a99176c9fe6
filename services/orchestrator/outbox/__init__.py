"""The worker's effects: how they are written, and how they leave."""
