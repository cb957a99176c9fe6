"""A queue: what it promises, SQS, and one in memory."""
