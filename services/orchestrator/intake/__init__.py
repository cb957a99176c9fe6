"""From a message of the queue to a tick that was run."""
