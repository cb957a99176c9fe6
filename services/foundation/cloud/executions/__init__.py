"""Executions of the run machine: what they promise, Step Functions, and some in memory."""
