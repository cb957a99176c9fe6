"""A clock that wakes schedules: what it promises, EventBridge Scheduler, and one in memory."""
