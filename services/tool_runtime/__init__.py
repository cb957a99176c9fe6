"""Tool runtime: what an agent runs reaches only what it was allowed to."""
