"""Who dies, when, and how each comes back."""
