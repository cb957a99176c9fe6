"""The budget policy: how calls are bounded, and what holds while budgets cannot be checked."""
