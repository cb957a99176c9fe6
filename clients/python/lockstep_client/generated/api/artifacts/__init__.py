"""The calls of artifacts."""

import datetime
from typing import Any, Literal, cast
from uuid import UUID

from ...client import AsyncCaller, Caller
from ...models.artifact_view import ArtifactView
from ...models.new_upload import NewUpload
from ...models.problem import Problem
from ...models.upload_view import UploadView
from ...types import UNSET, Unset
from . import (
    announce_artifact,
    delete_artifact,
    get_artifact,
)


class ArtifactsCalls:
    """The calls of artifacts; each waits for its answer."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def announce_artifact(
        self,
        *,
        body: NewUpload,
        idempotency_key: str | Unset = UNSET,
    ) -> UploadView:
        """Announce an upload; the answer says where to send the file

        Args:
            idempotency_key (str | Unset): makes one thing, however often it is sent; printable ASCII,
                sent once
            body (NewUpload): What will be uploaded; the upload must match it.
        """
        return self._caller.send(
            announce_artifact.call(
                body=body,
                idempotency_key=idempotency_key,
            )
        )

    def get_artifact(
        self,
        artifact_id: UUID,
    ) -> ArtifactView:
        """An artifact with a presigned address

        Args:
            artifact_id (UUID):
        """
        return self._caller.send(
            get_artifact.call(
                artifact_id=artifact_id,
            )
        )

    def delete_artifact(
        self,
        artifact_id: UUID,
    ) -> None:
        """Delete an artifact that nothing needs any more, or give an upload up; its name and digest stay

        Args:
            artifact_id (UUID):
        """
        return self._caller.send(
            delete_artifact.call(
                artifact_id=artifact_id,
            )
        )


class AsyncArtifactsCalls:
    """The calls of artifacts; each is awaited."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def announce_artifact(
        self,
        *,
        body: NewUpload,
        idempotency_key: str | Unset = UNSET,
    ) -> UploadView:
        """Announce an upload; the answer says where to send the file

        Args:
            idempotency_key (str | Unset): makes one thing, however often it is sent; printable ASCII,
                sent once
            body (NewUpload): What will be uploaded; the upload must match it.
        """
        return await self._caller.send(
            announce_artifact.call(
                body=body,
                idempotency_key=idempotency_key,
            )
        )

    async def get_artifact(
        self,
        artifact_id: UUID,
    ) -> ArtifactView:
        """An artifact with a presigned address

        Args:
            artifact_id (UUID):
        """
        return await self._caller.send(
            get_artifact.call(
                artifact_id=artifact_id,
            )
        )

    async def delete_artifact(
        self,
        artifact_id: UUID,
    ) -> None:
        """Delete an artifact that nothing needs any more, or give an upload up; its name and digest stay

        Args:
            artifact_id (UUID):
        """
        return await self._caller.send(
            delete_artifact.call(
                artifact_id=artifact_id,
            )
        )
