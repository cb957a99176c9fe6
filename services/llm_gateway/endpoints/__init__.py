"""What stands behind the vendors' paths: model calls, the counting of tokens, and the list of models."""
