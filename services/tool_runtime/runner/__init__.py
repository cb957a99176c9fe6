"""The runner: the trusted parent of one job, outside its sandbox."""
