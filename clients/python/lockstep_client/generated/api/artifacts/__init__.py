"""The calls of artifacts."""

import datetime
from typing import Any, Literal, cast
from uuid import UUID

from ...client import AsyncCaller, Caller
from ...models.artifact_view import ArtifactView
from ...models.created_at_order import CreatedAtOrder
from ...models.list_artifacts_fields_item import ListArtifactsFieldsItem
from ...models.list_artifacts_status import ListArtifactsStatus
from ...models.new_upload import NewUpload
from ...models.page_listed_artifact import PageListedArtifact
from ...models.problem import Problem
from ...models.upload_view import UploadView
from ...types import UNSET, Unset
from . import (
    announce_artifact,
    delete_artifact,
    get_artifact,
    list_artifacts,
)


class ArtifactsCalls:
    """The calls of artifacts; each waits for its answer."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def list_artifacts(
        self,
        *,
        status: ListArtifactsStatus | Unset = UNSET,
        run_id: UUID | Unset = UNSET,
        workspaces: bool | Unset = False,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: CreatedAtOrder | Unset = UNSET,
        fields: list[ListArtifactsFieldsItem] | Unset = UNSET,
        from_: datetime.datetime | Unset = UNSET,
        to: datetime.datetime | Unset = UNSET,
        break_glass_access: UUID | Unset = UNSET,
    ) -> PageListedArtifact:
        """What runs have left and users have announced, newest first; addresses where `fields` names `url`

        Args:
            status (ListArtifactsStatus | Unset):
            run_id (UUID | Unset):
            workspaces (bool | Unset): true: with the workspaces that steps have kept for others
                Default: False.
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (CreatedAtOrder | Unset): By created_at; with `-` before it, from the last on.
            fields (list[ListArtifactsFieldsItem] | Unset): the members that items are shown with:
                names with commas between them, or the parameter several times; `id` is always among them.
                Without it all but `url`
            from_ (datetime.datetime | Unset): from this moment on
            to (datetime.datetime | Unset): before this moment
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return self._caller.send(
            list_artifacts.call(
                status=status,
                run_id=run_id,
                workspaces=workspaces,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
                from_=from_,
                to=to,
                break_glass_access=break_glass_access,
            )
        )

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
        *,
        break_glass_access: UUID | Unset = UNSET,
    ) -> ArtifactView:
        """An artifact with a presigned address

        Args:
            artifact_id (UUID):
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return self._caller.send(
            get_artifact.call(
                artifact_id=artifact_id,
                break_glass_access=break_glass_access,
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

    async def list_artifacts(
        self,
        *,
        status: ListArtifactsStatus | Unset = UNSET,
        run_id: UUID | Unset = UNSET,
        workspaces: bool | Unset = False,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: CreatedAtOrder | Unset = UNSET,
        fields: list[ListArtifactsFieldsItem] | Unset = UNSET,
        from_: datetime.datetime | Unset = UNSET,
        to: datetime.datetime | Unset = UNSET,
        break_glass_access: UUID | Unset = UNSET,
    ) -> PageListedArtifact:
        """What runs have left and users have announced, newest first; addresses where `fields` names `url`

        Args:
            status (ListArtifactsStatus | Unset):
            run_id (UUID | Unset):
            workspaces (bool | Unset): true: with the workspaces that steps have kept for others
                Default: False.
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (CreatedAtOrder | Unset): By created_at; with `-` before it, from the last on.
            fields (list[ListArtifactsFieldsItem] | Unset): the members that items are shown with:
                names with commas between them, or the parameter several times; `id` is always among them.
                Without it all but `url`
            from_ (datetime.datetime | Unset): from this moment on
            to (datetime.datetime | Unset): before this moment
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return await self._caller.send(
            list_artifacts.call(
                status=status,
                run_id=run_id,
                workspaces=workspaces,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
                from_=from_,
                to=to,
                break_glass_access=break_glass_access,
            )
        )

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
        *,
        break_glass_access: UUID | Unset = UNSET,
    ) -> ArtifactView:
        """An artifact with a presigned address

        Args:
            artifact_id (UUID):
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return await self._caller.send(
            get_artifact.call(
                artifact_id=artifact_id,
                break_glass_access=break_glass_access,
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
