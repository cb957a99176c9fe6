"""A bucket of S3."""

import base64
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from foundation.cloud.faults import code_of, unavailable
from foundation.cloud.objects.base import Upload
from foundation.cloud.objects.disposition import disposition
from foundation.cloud.objects.keys import require_incoming
from foundation.cloud.objects.s3_parts import put_file
from foundation.cloud.objects.s3_versions import erase, keys, purge, versions
from foundation.cloud.objects.upload_forms import forms_like
from foundation.domain.errors import NotFound

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client
    from types_aiobotocore_s3.type_defs import CopySourceTypeDef


_CHUNK = 1024 * 1024
_FREEZE_TRIES = 3


@dataclass(frozen=True, slots=True)
class _Found:
    size: int
    sha256: bytes
    etag: str
    version: str | None
    """None in a bucket that keeps no versions."""


class S3ObjectStore:
    """The port on one bucket of S3."""

    def __init__(
        self, client: "S3Client", bucket: str, *, secret_key: Callable[[], Awaitable[str | None]] | None = None
    ) -> None:
        """`secret_key` is the one that the client signs with; without it many forms take long to sign."""
        self._client = client
        self._bucket = bucket
        self._secret_key = secret_key

    async def ping(self) -> None:
        with unavailable("S3"):
            await self._client.head_bucket(Bucket=self._bucket)

    async def put(self, key: str, body: bytes, *, content_type: str = "application/octet-stream") -> None:
        with unavailable("S3"):
            await self._client.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType=content_type)

    async def delete(self, key: str) -> None:
        with unavailable("S3"):
            await self._client.delete_object(Bucket=self._bucket, Key=key)

    async def get(self, key: str) -> bytes:
        with unavailable("S3"):
            try:
                answer = await self._client.get_object(Bucket=self._bucket, Key=key)
                return await answer["Body"].read()
            except ClientError as error:
                if code_of(error) in {"NoSuchKey", "404"}:
                    raise NotFound(f"no object at {key}") from error
                raise

    async def put_file(self, key: str, path: Path, *, content_type: str = "application/octet-stream") -> None:
        with unavailable("S3"):
            await put_file(self._client, self._bucket, key, path, content_type=content_type)

    async def read(self, key: str) -> AsyncIterator[bytes]:
        with unavailable("S3"):
            try:
                answer = await self._client.get_object(Bucket=self._bucket, Key=key)
            except ClientError as error:
                if code_of(error) in {"NoSuchKey", "404"}:
                    raise NotFound(f"no object at {key}") from error
                raise
            async for chunk in answer["Body"].iter_chunks(_CHUNK):
                yield chunk

    async def count(self, prefix: str) -> int:
        with unavailable("S3"):
            return len(await versions(self._client, self._bucket, prefix))

    async def keys(self, prefix: str, *, written_by: datetime, most: int = 1000) -> list[str]:
        with unavailable("S3"):
            return await keys(self._client, self._bucket, prefix, written_by=written_by, most=most)

    async def erase(self, prefix: str) -> int:
        with unavailable("S3"):
            return await erase(self._client, self._bucket, prefix)

    async def purge(self, key: str) -> None:
        with unavailable("S3"):
            await purge(self._client, self._bucket, key)

    async def size(self, key: str) -> int | None:
        with unavailable("S3"):
            try:
                return (await self._client.head_object(Bucket=self._bucket, Key=key))["ContentLength"]
            except ClientError as error:
                if code_of(error) in {"404", "NoSuchKey", "NotFound"}:
                    return None
                raise

    async def digest(self, key: str) -> tuple[int, bytes] | None:
        stored = await self._read(key)
        return (stored.size, stored.sha256) if stored else None

    async def _read(self, key: str) -> "_Found | None":
        with unavailable("S3"):
            try:
                answer = await self._client.get_object(Bucket=self._bucket, Key=key)
            except ClientError as error:
                if code_of(error) in {"NoSuchKey", "404"}:
                    return None
                raise
            size, sha256 = 0, hashlib.sha256()
            async for chunk in answer["Body"].iter_chunks(_CHUNK):
                size += len(chunk)
                sha256.update(chunk)
        return _Found(size, sha256.digest(), answer["ETag"], answer.get("VersionId"))

    async def freeze(self, key: str, final_key: str, *, size: int, sha256: bytes) -> bool:
        # The copy names the version that was read, so that what is written meanwhile is not taken for it. Where the
        # bucket keeps none its ETag does, which is an MD5 and binds who can find no second text of the same.
        for _ in range(_FREEZE_TRIES):
            stored = await self._read(key)
            if stored is None or (stored.size, stored.sha256) != (size, sha256):
                return False
            source: CopySourceTypeDef = {"Bucket": self._bucket, "Key": key}
            if stored.version is not None:
                source["VersionId"] = stored.version
            with unavailable("S3"):
                try:
                    await self._client.copy_object(
                        Bucket=self._bucket, Key=final_key, CopySource=source, CopySourceIfMatch=stored.etag
                    )
                except ClientError as error:
                    if code_of(error) in {"PreconditionFailed", "412", "NoSuchKey", "NoSuchVersion", "404"}:
                        continue
                    raise
                return True
        return False

    async def download_url(
        self,
        key: str,
        *,
        seconds: int,
        file_name: str | None = None,
        content_type: str | None = None,
        inline: bool = False,
    ) -> str:
        parameters = {"Bucket": self._bucket, "Key": key}
        if file_name:
            parameters["ResponseContentDisposition"] = disposition(file_name, inline=inline)
        if content_type:
            parameters["ResponseContentType"] = content_type
        with unavailable("S3"):
            return await self._client.generate_presigned_url("get_object", Params=parameters, ExpiresIn=seconds)

    async def upload(
        self,
        key: str,
        *,
        seconds: int,
        max_bytes: int,
        min_bytes: int = 0,
        content_type: str | None = None,
        sha256: bytes | None = None,
    ) -> Upload:
        require_incoming(key)
        conditions: list[object] = [["content-length-range", min_bytes, max_bytes]]
        fields: dict[str, str] = {}
        if content_type:
            fields["Content-Type"] = content_type
            conditions.append({"Content-Type": content_type})
        if sha256 is not None:
            digest = {
                "x-amz-checksum-algorithm": "SHA256",
                "x-amz-checksum-sha256": base64.b64encode(sha256).decode(),
            }
            fields |= digest
            conditions += [{name: value} for name, value in digest.items()]
        with unavailable("S3"):
            answer = await self._client.generate_presigned_post(
                Bucket=self._bucket, Key=key, Fields=fields, Conditions=conditions, ExpiresIn=seconds
            )
        return Upload(answer["url"], answer["fields"])

    async def uploads(self, keys: Sequence[str], *, seconds: int, max_bytes: int) -> list[Upload]:
        if not keys:
            return []
        require_incoming(*keys)
        first = await self.upload(keys[0], seconds=seconds, max_bytes=max_bytes)
        secret = await self._secret_key() if self._secret_key else None
        forms = forms_like(first.fields, keys[1:], secret_key=secret) if secret else None
        if forms is None:
            return [first, *[await self.upload(key, seconds=seconds, max_bytes=max_bytes) for key in keys[1:]]]
        return [first, *(Upload(first.url, fields) for fields in forms)]
