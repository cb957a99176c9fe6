"""What a request may have in it: the parts whose price is known, and nothing else."""
