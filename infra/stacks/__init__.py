"""The stacks: each consists of capabilities and adds no resource of its own."""
