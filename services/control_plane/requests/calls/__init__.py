"""Who calls, and what the audit tells of it."""
