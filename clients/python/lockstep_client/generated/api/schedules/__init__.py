"""The calls of schedules."""

import datetime
from typing import Any, Literal, cast
from uuid import UUID

from ...client import AsyncCaller, Caller
from ...models.firing_status import FiringStatus
from ...models.new_schedule import NewSchedule
from ...models.page_firing_view import PageFiringView
from ...models.page_schedule_view import PageScheduleView
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
    ) -> PageScheduleView:
        """The tenant's schedules, newest first

        Args:
            task_id (UUID | Unset):
            paused (bool | Unset):
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
        """
        return self._caller.send(
            list_schedules.call(
                task_id=task_id,
                paused=paused,
                limit=limit,
                cursor=cursor,
            )
        )

    def create_schedule(
        self,
        *,
        body: NewSchedule,
    ) -> WholeScheduleView:
        """Have runs of a task started by the clock

        Args:
            body (NewSchedule): What is started, and when: exactly one of `cron`, `every_seconds` and
                `at`.
        """
        return self._caller.send(
            create_schedule.call(
                body=body,
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
            if_match (str | Unset): the ETag that you have seen
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
            if_match (str | Unset): the ETag that you have seen
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
    ) -> PageFiringView:
        """The firings of a schedule and what became of each, latest first

        Args:
            schedule_id (UUID):
            status (FiringStatus | Unset): What became of a firing; `waiting` is one whose jitter has
                not passed, or that stands behind an open run.
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
        """
        return self._caller.send(
            list_schedule_firings.call(
                schedule_id=schedule_id,
                status=status,
                limit=limit,
                cursor=cursor,
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
    ) -> PageScheduleView:
        """The tenant's schedules, newest first

        Args:
            task_id (UUID | Unset):
            paused (bool | Unset):
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
        """
        return await self._caller.send(
            list_schedules.call(
                task_id=task_id,
                paused=paused,
                limit=limit,
                cursor=cursor,
            )
        )

    async def create_schedule(
        self,
        *,
        body: NewSchedule,
    ) -> WholeScheduleView:
        """Have runs of a task started by the clock

        Args:
            body (NewSchedule): What is started, and when: exactly one of `cron`, `every_seconds` and
                `at`.
        """
        return await self._caller.send(
            create_schedule.call(
                body=body,
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
            if_match (str | Unset): the ETag that you have seen
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
            if_match (str | Unset): the ETag that you have seen
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
    ) -> PageFiringView:
        """The firings of a schedule and what became of each, latest first

        Args:
            schedule_id (UUID):
            status (FiringStatus | Unset): What became of a firing; `waiting` is one whose jitter has
                not passed, or that stands behind an open run.
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
        """
        return await self._caller.send(
            list_schedule_firings.call(
                schedule_id=schedule_id,
                status=status,
                limit=limit,
                cursor=cursor,
            )
        )
