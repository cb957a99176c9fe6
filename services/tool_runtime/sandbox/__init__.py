"""The sandbox: what stands around one job, from its first process to its last."""
