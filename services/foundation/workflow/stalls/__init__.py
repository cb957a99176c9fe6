"""What no longer moves by itself: which open runs hang, where, and why; and what a worker can do about it."""
