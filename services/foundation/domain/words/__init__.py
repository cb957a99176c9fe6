"""Words of ours about what others wrote."""
