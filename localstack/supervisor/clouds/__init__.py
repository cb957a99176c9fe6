"""The two LocalStack processes that stand in for AWS: how they start, and what is deployed and kept in them."""
