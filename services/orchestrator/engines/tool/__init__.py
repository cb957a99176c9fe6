"""Tool steps: one call of one tool."""
