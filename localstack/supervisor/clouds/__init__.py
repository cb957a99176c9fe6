"""The two LocalStack processes in the place of AWS: their start, deployments to them, and what is saved of them."""
