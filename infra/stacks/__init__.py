"""The stacks: each composes capabilities and holds no resource of its own."""
