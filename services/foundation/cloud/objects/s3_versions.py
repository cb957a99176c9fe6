"""Versions of objects in S3: a bucket that keeps them has an object's bytes until each version is removed."""

from datetime import datetime
from typing import TYPE_CHECKING

from foundation.domain.errors import DependencyUnavailable

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client
    from types_aiobotocore_s3.type_defs import ObjectIdentifierTypeDef

_PAGE = 1000
"""As many as S3 lists, and removes, at once."""
_GONE = {"NoSuchVersion", "NoSuchKey"}


async def versions(client: "S3Client", bucket: str, prefix: str) -> "list[ObjectIdentifierTypeDef]":
    """The first versions below a prefix, and the marks of those that were deleted."""
    page = await client.list_object_versions(Bucket=bucket, Prefix=prefix, MaxKeys=_PAGE)
    return [
        {"Key": one["Key"], "VersionId": one["VersionId"]}
        for one in (*page.get("Versions", ()), *page.get("DeleteMarkers", ()))
    ]


async def keys(client: "S3Client", bucket: str, prefix: str, *, written_by: datetime, most: int) -> list[str]:
    """Those whose latest version, or mark of deletion, is as old."""
    found: list[str] = []
    async for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix):
        listed = (*page.get("Versions", ()), *page.get("DeleteMarkers", ()))
        found += [one["Key"] for one in listed if one["IsLatest"] and one["LastModified"] <= written_by]
        if len(found) >= most:
            break
    return found[:most]


async def erase(client: "S3Client", bucket: str, prefix: str) -> int:
    """Removes all of them; what S3 could not remove is found by whoever counts afterwards."""
    removed = 0
    while found := await versions(client, bucket, prefix):
        kept, gone = await _remove(client, bucket, found)
        removed += len(found) - kept - gone
        if kept:
            break
    return removed


async def purge(client: "S3Client", bucket: str, key: str) -> None:
    """Removes those of exactly this key, which stand before all others that begin with it."""
    while own := [one for one in await versions(client, bucket, key) if one["Key"] == key]:
        kept, _ = await _remove(client, bucket, own)
        if kept:
            raise DependencyUnavailable("the bucket did not remove an object", retry_after=60)


async def _remove(client: "S3Client", bucket: str, which: "list[ObjectIdentifierTypeDef]") -> tuple[int, int]:
    """How many S3 could not remove, and how many somebody else has removed meanwhile, which LocalStack calls errors."""
    answer = await client.delete_objects(Bucket=bucket, Delete={"Objects": which, "Quiet": True})
    errors = answer.get("Errors", ())
    gone = sum(one.get("Code") in _GONE for one in errors)
    return len(errors) - gone, gone
