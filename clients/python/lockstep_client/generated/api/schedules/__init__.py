"""The calls of schedules."""

import datetime
from typing import Any, Literal, cast
from uuid import UUID

from ...client import AsyncCaller, Caller
from ...models.created_at_order import CreatedAtOrder
from ...models.fires_at_order import FiresAtOrder
from ...models.firing_status import FiringStatus
from ...models.list_schedule_firings_fields_item import ListScheduleFiringsFieldsItem
from ...models.list_schedules_fields_item import ListSchedulesFieldsItem
from ...models.new_schedule import NewSchedule
from ...models.page_listed_firing import PageListedFiring
from ...models.page_listed_schedule import PageListedSchedule
from ...models.problem import Problem
from ...models.schedule_change import ScheduleChange
from ...models.whole_schedule_view import WholeScheduleView
from ...types import UNSET, Unset
from . import (
    change_schedule,
    create_schedule,
    delete_schedule,
    get_schedule,
    list_schedule_firings,
    list_schedules,
)


class SchedulesCalls:
    """The calls of schedules; each waits for its answer."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def list_schedules(
        self,
        *,
        task_id: UUID | Unset = UNSET,
        paused: bool | Unset = UNSET,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: CreatedAtOrder | Unset = UNSET,
        fields: list[ListSchedulesFieldsItem] | Unset = UNSET,
    ) -> PageListedSchedule:
        """The tenant's schedules, newest first; their inputs where `fields` names them

        Args:
            task_id (UUID | Unset):
            paused (bool | Unset):
            limit (int | Unset): rows a page; fewer where what is shown of `input` is large: a page
                has 1.5 MB of it, or one row Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (CreatedAtOrder | Unset): By created_at; with `-` before it, from the last on.
            fields (list[ListSchedulesFieldsItem] | Unset): the members that items are shown with:
                names with commas between them, or the parameter several times; `id` is always among them.
                Without it all but `input`
        """
        return self._caller.send(
            list_schedules.call(
                task_id=task_id,
                paused=paused,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
            )
        )

    def create_schedule(
        self,
        *,
        body: NewSchedule,
        idempotency_key: str | Unset = UNSET,
    ) -> WholeScheduleView:
        """Have runs of a task started by the clock

        Args:
            idempotency_key (str | Unset): makes one thing, however often it is sent; printable ASCII,
                sent once
            body (NewSchedule): What is started, and when: exactly one of `cron`, `every_seconds` and
                `at`.
        """
        return self._caller.send(
            create_schedule.call(
                body=body,
                idempotency_key=idempotency_key,
            )
        )

    def get_schedule(
        self,
        schedule_id: UUID,
    ) -> WholeScheduleView:
        """One schedule, with its next and its last firings

        Args:
            schedule_id (UUID):
        """
        return self._caller.send(
            get_schedule.call(
                schedule_id=schedule_id,
            )
        )

    def delete_schedule(
        self,
        schedule_id: UUID,
        *,
        if_match: str | Unset = UNSET,
    ) -> None:
        """Delete a schedule; the runs that it has started go on

        Args:
            schedule_id (UUID):
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
        """
        return self._caller.send(
            delete_schedule.call(
                schedule_id=schedule_id,
                if_match=if_match,
            )
        )

    def change_schedule(
        self,
        schedule_id: UUID,
        *,
        body: ScheduleChange,
        if_match: str | Unset = UNSET,
    ) -> WholeScheduleView:
        """Change a schedule, pause it, or wake it; its runs start as you from then on

        Args:
            schedule_id (UUID):
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (ScheduleChange): What is sent is changed, the rest stays. One of `cron`,
                `every_seconds` and `at` replaces the one before.
        """
        return self._caller.send(
            change_schedule.call(
                schedule_id=schedule_id,
                body=body,
                if_match=if_match,
            )
        )

    def list_schedule_firings(
        self,
        schedule_id: UUID,
        *,
        status: FiringStatus | Unset = UNSET,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: FiresAtOrder | Unset = UNSET,
        fields: list[ListScheduleFiringsFieldsItem] | Unset = UNSET,
    ) -> PageListedFiring:
        """The firings of a schedule and what became of each, latest first

        Args:
            schedule_id (UUID):
            status (FiringStatus | Unset): What became of a firing; `waiting` is one whose jitter has
                not passed, or that stands behind an open run.
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (FiresAtOrder | Unset): By fires_at; with `-` before it, from the last on.
            fields (list[ListScheduleFiringsFieldsItem] | Unset): the members that items are shown
                with: names with commas between them, or the parameter several times; `fires_at` is always
                among them. Without it all
        """
        return self._caller.send(
            list_schedule_firings.call(
                schedule_id=schedule_id,
                status=status,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
            )
        )


class AsyncSchedulesCalls:
    """The calls of schedules; each is awaited."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def list_schedules(
        self,
        *,
        task_id: UUID | Unset = UNSET,
        paused: bool | Unset = UNSET,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: CreatedAtOrder | Unset = UNSET,
        fields: list[ListSchedulesFieldsItem] | Unset = UNSET,
    ) -> PageListedSchedule:
        """The tenant's schedules, newest first; their inputs where `fields` names them

        Args:
            task_id (UUID | Unset):
            paused (bool | Unset):
            limit (int | Unset): rows a page; fewer where what is shown of `input` is large: a page
                has 1.5 MB of it, or one row Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (CreatedAtOrder | Unset): By created_at; with `-` before it, from the last on.
            fields (list[ListSchedulesFieldsItem] | Unset): the members that items are shown with:
                names with commas between them, or the parameter several times; `id` is always among them.
                Without it all but `input`
        """
        return await self._caller.send(
            list_schedules.call(
                task_id=task_id,
                paused=paused,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
            )
        )

    async def create_schedule(
        self,
        *,
        body: NewSchedule,
        idempotency_key: str | Unset = UNSET,
    ) -> WholeScheduleView:
        """Have runs of a task started by the clock

        Args:
            idempotency_key (str | Unset): makes one thing, however often it is sent; printable ASCII,
                sent once
            body (NewSchedule): What is started, and when: exactly one of `cron`, `every_seconds` and
                `at`.
        """
        return await self._caller.send(
            create_schedule.call(
                body=body,
                idempotency_key=idempotency_key,
            )
        )

    async def get_schedule(
        self,
        schedule_id: UUID,
    ) -> WholeScheduleView:
        """One schedule, with its next and its last firings

        Args:
            schedule_id (UUID):
        """
        return await self._caller.send(
            get_schedule.call(
                schedule_id=schedule_id,
            )
        )

    async def delete_schedule(
        self,
        schedule_id: UUID,
        *,
        if_match: str | Unset = UNSET,
    ) -> None:
        """Delete a schedule; the runs that it has started go on

        Args:
            schedule_id (UUID):
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
        """
        return await self._caller.send(
            delete_schedule.call(
                schedule_id=schedule_id,
                if_match=if_match,
            )
        )

    async def change_schedule(
        self,
        schedule_id: UUID,
        *,
        body: ScheduleChange,
        if_match: str | Unset = UNSET,
    ) -> WholeScheduleView:
        """Change a schedule, pause it, or wake it; its runs start as you from then on

        Args:
            schedule_id (UUID):
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (ScheduleChange): What is sent is changed, the rest stays. One of `cron`,
                `every_seconds` and `at` replaces the one before.
        """
        return await self._caller.send(
            change_schedule.call(
                schedule_id=schedule_id,
                body=body,
                if_match=if_match,
            )
        )

    async def list_schedule_firings(
        self,
        schedule_id: UUID,
        *,
        status: FiringStatus | Unset = UNSET,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: FiresAtOrder | Unset = UNSET,
        fields: list[ListScheduleFiringsFieldsItem] | Unset = UNSET,
    ) -> PageListedFiring:
        """The firings of a schedule and what became of each, latest first

        Args:
            schedule_id (UUID):
            status (FiringStatus | Unset): What became of a firing; `waiting` is one whose jitter has
                not passed, or that stands behind an open run.
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (FiresAtOrder | Unset): By fires_at; with `-` before it, from the last on.
            fields (list[ListScheduleFiringsFieldsItem] | Unset): the members that items are shown
                with: names with commas between them, or the parameter several times; `fires_at` is always
                among them. Without it all
        """
        return await self._caller.send(
            list_schedule_firings.call(
                schedule_id=schedule_id,
                status=status,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
            )
        )
