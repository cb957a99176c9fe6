"""What stands behind the vendors' paths beside the model calls themselves."""
