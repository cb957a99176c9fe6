"""Budgets: what is committed and what is held, in Redis, exact under concurrency and crashes."""
