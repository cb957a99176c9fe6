"""Versions of objects in S3: a bucket that keeps them has an object's bytes until each version is removed."""

from typing import TYPE_CHECKING

from foundation.domain.errors import DependencyUnavailable

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client
    from types_aiobotocore_s3.type_defs import ObjectIdentifierTypeDef

_PAGE = 1000
"""As many as S3 lists, and removes, at once."""


async def versions(client: "S3Client", bucket: str, prefix: str) -> "list[ObjectIdentifierTypeDef]":
    """The first versions below a prefix, and the marks of those that were deleted."""
    page = await client.list_object_versions(Bucket=bucket, Prefix=prefix, MaxKeys=_PAGE)
    return [
        {"Key": one["Key"], "VersionId": one["VersionId"]}
        for one in (*page.get("Versions", ()), *page.get("DeleteMarkers", ()))
    ]


async def erase(client: "S3Client", bucket: str, prefix: str) -> int:
    """Removes all of them; what S3 could not remove is found by whoever counts afterwards."""
    removed = 0
    while found := await versions(client, bucket, prefix):
        answer = await client.delete_objects(Bucket=bucket, Delete={"Objects": found, "Quiet": True})
        failed = len(answer.get("Errors", ()))
        removed += len(found) - failed
        if failed:
            break
    return removed


async def purge(client: "S3Client", bucket: str, key: str) -> None:
    """Removes those of exactly this key, which stand before all others that begin with it."""
    while own := [one for one in await versions(client, bucket, key) if one["Key"] == key]:
        answer = await client.delete_objects(Bucket=bucket, Delete={"Objects": own, "Quiet": True})
        if answer.get("Errors"):
            raise DependencyUnavailable("the bucket did not remove an object", retry_after=60)
