"""The calls of tasks."""

import datetime
from typing import Any, Literal, cast
from uuid import UUID

from ...client import AsyncCaller, Caller
from ...models.created_at_name_order import CreatedAtNameOrder
from ...models.defined_task import DefinedTask
from ...models.estimate_run import EstimateRun
from ...models.estimate_view import EstimateView
from ...models.list_task_versions_fields_item import ListTaskVersionsFieldsItem
from ...models.list_tasks_fields_item import ListTasksFieldsItem
from ...models.page_listed_task import PageListedTask
from ...models.page_listed_task_version import PageListedTaskVersion
from ...models.problem import Problem
from ...models.task_definition import TaskDefinition
from ...models.task_view import TaskView
from ...models.version_order import VersionOrder
from ...types import UNSET, Unset
from . import (
    add_task_version,
    archive_task,
    create_task,
    estimate_run,
    get_task,
    list_task_versions,
    list_tasks,
)


class TasksCalls:
    """The calls of tasks; each waits for its answer."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def list_tasks(
        self,
        *,
        name: str | Unset = UNSET,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: CreatedAtNameOrder | Unset = UNSET,
        fields: list[ListTasksFieldsItem] | Unset = UNSET,
        break_glass_access: UUID | Unset = UNSET,
    ) -> PageListedTask:
        """Live tasks, newest first unless `sort` says otherwise; definitions where `fields` names them

        Args:
            name (str | Unset):
            limit (int | Unset): rows a page; fewer where what is shown of `definition` is large: a
                page has 1.5 MB of it, or one row Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (CreatedAtNameOrder | Unset): By created_at or name; with `-` before it, from the
                last on.
            fields (list[ListTasksFieldsItem] | Unset): the members that items are shown with: names
                with commas between them, or the parameter several times; `id` is always among them.
                Without it all but `definition`
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return self._caller.send(
            list_tasks.call(
                name=name,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
                break_glass_access=break_glass_access,
            )
        )

    def create_task(
        self,
        *,
        body: TaskDefinition,
        idempotency_key: str | Unset = UNSET,
    ) -> DefinedTask:
        """Create a task from its definition (JSON or YAML)

        Args:
            idempotency_key (str | Unset): makes one thing, however often it is sent; printable ASCII,
                sent once
            body (TaskDefinition): What a task does. Unknown keys are refused; the graph is checked by
                `definition_faults`.
        """
        return self._caller.send(
            create_task.call(
                body=body,
                idempotency_key=idempotency_key,
            )
        )

    def get_task(
        self,
        task_id: UUID,
        *,
        version: int | Unset = UNSET,
        break_glass_access: UUID | Unset = UNSET,
    ) -> TaskView:
        """A task with its latest version, or with the one asked for

        Args:
            task_id (UUID):
            version (int | Unset):
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return self._caller.send(
            get_task.call(
                task_id=task_id,
                version=version,
                break_glass_access=break_glass_access,
            )
        )

    def archive_task(
        self,
        task_id: UUID,
        *,
        while_used: bool | Unset = False,
        if_match: str | Unset = UNSET,
    ) -> None:
        """Take a task out of use; its runs and versions stay

        Args:
            task_id (UUID):
            while_used (bool | Unset): true: delete it although something uses it, which then fails
                where it needs it Default: False.
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
        """
        return self._caller.send(
            archive_task.call(
                task_id=task_id,
                while_used=while_used,
                if_match=if_match,
            )
        )

    def add_task_version(
        self,
        task_id: UUID,
        *,
        body: TaskDefinition,
        if_match: str | Unset = UNSET,
    ) -> DefinedTask:
        """Add a version: a whole definition, under If-Match

        Args:
            task_id (UUID):
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (TaskDefinition): What a task does. Unknown keys are refused; the graph is checked by
                `definition_faults`.
        """
        return self._caller.send(
            add_task_version.call(
                task_id=task_id,
                body=body,
                if_match=if_match,
            )
        )

    def list_task_versions(
        self,
        task_id: UUID,
        *,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: VersionOrder | Unset = UNSET,
        fields: list[ListTaskVersionsFieldsItem] | Unset = UNSET,
        break_glass_access: UUID | Unset = UNSET,
    ) -> PageListedTaskVersion:
        """All versions of a task, newest first unless `sort` says otherwise; definitions where `fields` names
        them

        Args:
            task_id (UUID):
            limit (int | Unset): rows a page; fewer where what is shown of `definition` is large: a
                page has 1.5 MB of it, or one row Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (VersionOrder | Unset): By version; with `-` before it, from the last on.
            fields (list[ListTaskVersionsFieldsItem] | Unset): the members that items are shown with:
                names with commas between them, or the parameter several times; `version` is always among
                them. Without it all but `definition`
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return self._caller.send(
            list_task_versions.call(
                task_id=task_id,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
                break_glass_access=break_glass_access,
            )
        )

    def estimate_run(
        self,
        task_id: UUID,
        *,
        body: EstimateRun,
    ) -> EstimateView:
        """What a run of the task may cost and how long it may take, before it is started

        Args:
            task_id (UUID):
            body (EstimateRun): What would be started; `budget` replaces the task's, key by key.
                Without `input` the bounds are for any input.
        """
        return self._caller.send(
            estimate_run.call(
                task_id=task_id,
                body=body,
            )
        )


class AsyncTasksCalls:
    """The calls of tasks; each is awaited."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def list_tasks(
        self,
        *,
        name: str | Unset = UNSET,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: CreatedAtNameOrder | Unset = UNSET,
        fields: list[ListTasksFieldsItem] | Unset = UNSET,
        break_glass_access: UUID | Unset = UNSET,
    ) -> PageListedTask:
        """Live tasks, newest first unless `sort` says otherwise; definitions where `fields` names them

        Args:
            name (str | Unset):
            limit (int | Unset): rows a page; fewer where what is shown of `definition` is large: a
                page has 1.5 MB of it, or one row Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (CreatedAtNameOrder | Unset): By created_at or name; with `-` before it, from the
                last on.
            fields (list[ListTasksFieldsItem] | Unset): the members that items are shown with: names
                with commas between them, or the parameter several times; `id` is always among them.
                Without it all but `definition`
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return await self._caller.send(
            list_tasks.call(
                name=name,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
                break_glass_access=break_glass_access,
            )
        )

    async def create_task(
        self,
        *,
        body: TaskDefinition,
        idempotency_key: str | Unset = UNSET,
    ) -> DefinedTask:
        """Create a task from its definition (JSON or YAML)

        Args:
            idempotency_key (str | Unset): makes one thing, however often it is sent; printable ASCII,
                sent once
            body (TaskDefinition): What a task does. Unknown keys are refused; the graph is checked by
                `definition_faults`.
        """
        return await self._caller.send(
            create_task.call(
                body=body,
                idempotency_key=idempotency_key,
            )
        )

    async def get_task(
        self,
        task_id: UUID,
        *,
        version: int | Unset = UNSET,
        break_glass_access: UUID | Unset = UNSET,
    ) -> TaskView:
        """A task with its latest version, or with the one asked for

        Args:
            task_id (UUID):
            version (int | Unset):
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return await self._caller.send(
            get_task.call(
                task_id=task_id,
                version=version,
                break_glass_access=break_glass_access,
            )
        )

    async def archive_task(
        self,
        task_id: UUID,
        *,
        while_used: bool | Unset = False,
        if_match: str | Unset = UNSET,
    ) -> None:
        """Take a task out of use; its runs and versions stay

        Args:
            task_id (UUID):
            while_used (bool | Unset): true: delete it although something uses it, which then fails
                where it needs it Default: False.
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
        """
        return await self._caller.send(
            archive_task.call(
                task_id=task_id,
                while_used=while_used,
                if_match=if_match,
            )
        )

    async def add_task_version(
        self,
        task_id: UUID,
        *,
        body: TaskDefinition,
        if_match: str | Unset = UNSET,
    ) -> DefinedTask:
        """Add a version: a whole definition, under If-Match

        Args:
            task_id (UUID):
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (TaskDefinition): What a task does. Unknown keys are refused; the graph is checked by
                `definition_faults`.
        """
        return await self._caller.send(
            add_task_version.call(
                task_id=task_id,
                body=body,
                if_match=if_match,
            )
        )

    async def list_task_versions(
        self,
        task_id: UUID,
        *,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: VersionOrder | Unset = UNSET,
        fields: list[ListTaskVersionsFieldsItem] | Unset = UNSET,
        break_glass_access: UUID | Unset = UNSET,
    ) -> PageListedTaskVersion:
        """All versions of a task, newest first unless `sort` says otherwise; definitions where `fields` names
        them

        Args:
            task_id (UUID):
            limit (int | Unset): rows a page; fewer where what is shown of `definition` is large: a
                page has 1.5 MB of it, or one row Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (VersionOrder | Unset): By version; with `-` before it, from the last on.
            fields (list[ListTaskVersionsFieldsItem] | Unset): the members that items are shown with:
                names with commas between them, or the parameter several times; `version` is always among
                them. Without it all but `definition`
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return await self._caller.send(
            list_task_versions.call(
                task_id=task_id,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
                break_glass_access=break_glass_access,
            )
        )

    async def estimate_run(
        self,
        task_id: UUID,
        *,
        body: EstimateRun,
    ) -> EstimateView:
        """What a run of the task may cost and how long it may take, before it is started

        Args:
            task_id (UUID):
            body (EstimateRun): What would be started; `budget` replaces the task's, key by key.
                Without `input` the bounds are for any input.
        """
        return await self._caller.send(
            estimate_run.call(
                task_id=task_id,
                body=body,
            )
        )
