"""A bucket of objects: what it promises, S3, and one in memory."""
