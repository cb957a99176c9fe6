"""Stores files in S3 a part at a time, so that one of any size takes little memory."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client
    from types_aiobotocore_s3.type_defs import CompletedPartTypeDef

_PART_BYTES = 16 * 1024 * 1024
"""Ten thousand parts, as many as S3 takes, are 160 GB."""


async def put_file(client: "S3Client", bucket: str, key: str, path: Path, *, content_type: str) -> None:
    """An upload that is not completed leaves nothing but parts, which the bucket drops after a day."""
    with path.open("rb") as file:
        first = await asyncio.to_thread(file.read, _PART_BYTES)
        if len(first) < _PART_BYTES:
            await client.put_object(Bucket=bucket, Key=key, Body=first, ContentType=content_type)
            return
        begun = await client.create_multipart_upload(Bucket=bucket, Key=key, ContentType=content_type)
        upload_id, parts, part = begun["UploadId"], list["CompletedPartTypeDef"](), first
        while part:
            number = len(parts) + 1
            sent = await client.upload_part(Bucket=bucket, Key=key, UploadId=upload_id, PartNumber=number, Body=part)
            parts.append({"ETag": sent["ETag"], "PartNumber": number})
            part = await asyncio.to_thread(file.read, _PART_BYTES)
        await client.complete_multipart_upload(
            Bucket=bucket, Key=key, UploadId=upload_id, MultipartUpload={"Parts": parts}
        )
