"""A step waits for a decision about a tool that was started and whose outcome is unknown."""
