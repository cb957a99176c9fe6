"""A bucket of objects: what it promises, S3, and one in memory."""

from foundation.cloud.objects.s3 import S3ObjectStore as ObjectStore

__all__ = ["ObjectStore"]
