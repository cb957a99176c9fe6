"""A step waits for a person: how it comes to wait, how a decision or the expiry ends it, and the run's clock."""
