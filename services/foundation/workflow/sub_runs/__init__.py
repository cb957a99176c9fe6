"""A step starts a run below its own: how it comes to wait for it, how its end ends the step, and how it follows."""
