"""The run above: what the end of a run does to the step that waits for it."""
