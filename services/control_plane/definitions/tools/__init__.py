"""The tools that a tenant's tasks may name."""
