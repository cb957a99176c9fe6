"""The calls of checkpoints."""

import datetime
from typing import Any, Literal, cast
from uuid import UUID

from ...client import AsyncCaller, Caller
from ...models.checkpoint_page_listed_checkpoint import CheckpointPageListedCheckpoint
from ...models.conversation import Conversation
from ...models.list_checkpoints_fields_item import ListCheckpointsFieldsItem
from ...models.problem import Problem
from ...models.turn_order import TurnOrder
from ...models.verification import Verification
from ...types import UNSET, Unset
from . import (
    delete_checkpoint,
    get_checkpoint,
    list_checkpoints,
    verify_checkpoints,
)


class CheckpointsCalls:
    """The calls of checkpoints; each waits for its answer."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def list_checkpoints(
        self,
        run_id: UUID,
        name: str,
        *,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: TurnOrder | Unset = UNSET,
        fields: list[ListCheckpointsFieldsItem] | Unset = UNSET,
        break_glass_access: UUID | Unset = UNSET,
    ) -> CheckpointPageListedCheckpoint:
        """Checkpoints, newest first unless `sort` says otherwise

        Args:
            run_id (UUID):
            name (str): the name of a step; name[index] for an item of one with foreach
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (TurnOrder | Unset): By turn; with `-` before it, from the last on.
            fields (list[ListCheckpointsFieldsItem] | Unset): the members that items are shown with:
                names with commas between them, or the parameter several times; `turn` is always among
                them. Without it all
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return self._caller.send(
            list_checkpoints.call(
                run_id=run_id,
                name=name,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
                break_glass_access=break_glass_access,
            )
        )

    def get_checkpoint(
        self,
        run_id: UUID,
        name: str,
        turn: int,
        *,
        break_glass_access: UUID | Unset = UNSET,
    ) -> Conversation:
        """The conversation after a turn, verified while it is read

        Args:
            run_id (UUID):
            name (str): the name of a step; name[index] for an item of one with foreach
            turn (int):
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return self._caller.send(
            get_checkpoint.call(
                run_id=run_id,
                name=name,
                turn=turn,
                break_glass_access=break_glass_access,
            )
        )

    def delete_checkpoint(
        self,
        run_id: UUID,
        name: str,
        turn: int,
    ) -> None:
        """Delete a checkpoint that nobody needs any more; the others stay whole

        Args:
            run_id (UUID):
            name (str): the name of a step; name[index] for an item of one with foreach
            turn (int):
        """
        return self._caller.send(
            delete_checkpoint.call(
                run_id=run_id,
                name=name,
                turn=turn,
            )
        )

    def verify_checkpoints(
        self,
        run_id: UUID,
        name: str,
    ) -> Verification:
        """Read every checkpoint of the step, and name each row that is damaged

        Args:
            run_id (UUID):
            name (str): the name of a step; name[index] for an item of one with foreach
        """
        return self._caller.send(
            verify_checkpoints.call(
                run_id=run_id,
                name=name,
            )
        )


class AsyncCheckpointsCalls:
    """The calls of checkpoints; each is awaited."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def list_checkpoints(
        self,
        run_id: UUID,
        name: str,
        *,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: TurnOrder | Unset = UNSET,
        fields: list[ListCheckpointsFieldsItem] | Unset = UNSET,
        break_glass_access: UUID | Unset = UNSET,
    ) -> CheckpointPageListedCheckpoint:
        """Checkpoints, newest first unless `sort` says otherwise

        Args:
            run_id (UUID):
            name (str): the name of a step; name[index] for an item of one with foreach
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (TurnOrder | Unset): By turn; with `-` before it, from the last on.
            fields (list[ListCheckpointsFieldsItem] | Unset): the members that items are shown with:
                names with commas between them, or the parameter several times; `turn` is always among
                them. Without it all
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return await self._caller.send(
            list_checkpoints.call(
                run_id=run_id,
                name=name,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
                break_glass_access=break_glass_access,
            )
        )

    async def get_checkpoint(
        self,
        run_id: UUID,
        name: str,
        turn: int,
        *,
        break_glass_access: UUID | Unset = UNSET,
    ) -> Conversation:
        """The conversation after a turn, verified while it is read

        Args:
            run_id (UUID):
            name (str): the name of a step; name[index] for an item of one with foreach
            turn (int):
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return await self._caller.send(
            get_checkpoint.call(
                run_id=run_id,
                name=name,
                turn=turn,
                break_glass_access=break_glass_access,
            )
        )

    async def delete_checkpoint(
        self,
        run_id: UUID,
        name: str,
        turn: int,
    ) -> None:
        """Delete a checkpoint that nobody needs any more; the others stay whole

        Args:
            run_id (UUID):
            name (str): the name of a step; name[index] for an item of one with foreach
            turn (int):
        """
        return await self._caller.send(
            delete_checkpoint.call(
                run_id=run_id,
                name=name,
                turn=turn,
            )
        )

    async def verify_checkpoints(
        self,
        run_id: UUID,
        name: str,
    ) -> Verification:
        """Read every checkpoint of the step, and name each row that is damaged

        Args:
            run_id (UUID):
            name (str): the name of a step; name[index] for an item of one with foreach
        """
        return await self._caller.send(
            verify_checkpoints.call(
                run_id=run_id,
                name=name,
            )
        )
