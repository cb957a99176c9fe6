"""What a run of a task may cost and how long it may take, told before it is started."""
