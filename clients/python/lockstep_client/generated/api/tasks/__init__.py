"""The calls of tasks."""

import datetime
from typing import Any, Literal, cast
from uuid import UUID

from ...client import AsyncCaller, Caller
from ...models.defined_task import DefinedTask
from ...models.estimate_run import EstimateRun
from ...models.estimate_view import EstimateView
from ...models.new_tool_source import NewToolSource
from ...models.page_task_view import PageTaskView
from ...models.page_tool_source_summary import PageToolSourceSummary
from ...models.problem import Problem
from ...models.task_definition import TaskDefinition
from ...models.task_order import TaskOrder
from ...models.task_view import TaskView
from ...models.tool_list import ToolList
from ...models.tool_source_view import ToolSourceView
from ...models.tool_view import ToolView
from ...types import UNSET, Unset
from . import (
    add_task_version,
    archive_task,
    create_task,
    delete_tool_source,
    estimate_run,
    get_task,
    get_tool,
    get_tool_source,
    list_tasks,
    list_tool_sources,
    list_tools,
    put_tool_source,
)


class TasksCalls:
    """The calls of tasks; each waits for its answer."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def list_tasks(
        self,
        *,
        name: str | Unset = UNSET,
        sort: TaskOrder | Unset = UNSET,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
    ) -> PageTaskView:
        """Live tasks, newest first unless `sort` says otherwise

        Args:
            name (str | Unset):
            sort (TaskOrder | Unset): In which order tasks are listed; each has an index.
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
        """
        return self._caller.send(
            list_tasks.call(
                name=name,
                sort=sort,
                limit=limit,
                cursor=cursor,
            )
        )

    def create_task(
        self,
        *,
        body: TaskDefinition,
    ) -> DefinedTask:
        """Create a task from its definition (JSON or YAML)

        Args:
            body (TaskDefinition): What a task does. Unknown keys are refused; the graph is checked by
                `definition_faults`.
        """
        return self._caller.send(
            create_task.call(
                body=body,
            )
        )

    def get_task(
        self,
        task_id: UUID,
        *,
        version: int | Unset = UNSET,
    ) -> TaskView:
        """A task with its latest version, or with the one asked for

        Args:
            task_id (UUID):
            version (int | Unset):
        """
        return self._caller.send(
            get_task.call(
                task_id=task_id,
                version=version,
            )
        )

    def archive_task(
        self,
        task_id: UUID,
    ) -> None:
        """Take a task out of use; its runs and versions stay

        Args:
            task_id (UUID):
        """
        return self._caller.send(
            archive_task.call(
                task_id=task_id,
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
            if_match (str | Unset): the ETag that you have seen
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

    def list_tools(
        self,
    ) -> ToolList:
        """The tools that tasks may name: arguments, results, what repeating a call means, what it takes, its
        limits

        """
        return self._caller.send(list_tools.call())

    def get_tool(
        self,
        name: str,
    ) -> ToolView:
        """One tool

        Args:
            name (str):
        """
        return self._caller.send(
            get_tool.call(
                name=name,
            )
        )

    def list_tool_sources(
        self,
        *,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
    ) -> PageToolSourceSummary:
        """Where the tenant's own tools come from, by name

        Args:
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
        """
        return self._caller.send(
            list_tool_sources.call(
                limit=limit,
                cursor=cursor,
            )
        )

    def get_tool_source(
        self,
        source_name: str,
        *,
        version: int | Unset = UNSET,
    ) -> ToolSourceView:
        """One source with its tools, at its newest version or at the one asked for

        Args:
            source_name (str): the middle of the names of its tools: `api.<name>.<operation>`
            version (int | Unset):
        """
        return self._caller.send(
            get_tool_source.call(
                source_name=source_name,
                version=version,
            )
        )

    def put_tool_source(
        self,
        source_name: str,
        *,
        body: NewToolSource,
        if_match: str | Unset = UNSET,
    ) -> ToolSourceView:
        """Make tools of an OpenAPI document; with each document the source has its next version

        Args:
            source_name (str): the middle of the names of its tools: `api.<name>.<operation>`
            if_match (str | Unset): the ETag that you have seen
            body (NewToolSource): An OpenAPI document, and what is said besides it: which operations
                to take, and what repeating one would mean.
        """
        return self._caller.send(
            put_tool_source.call(
                source_name=source_name,
                body=body,
                if_match=if_match,
            )
        )

    def delete_tool_source(
        self,
        source_name: str,
        *,
        if_match: str | Unset = UNSET,
    ) -> None:
        """Take a source out of use; tasks that were made with its tools go on

        Args:
            source_name (str): the middle of the names of its tools: `api.<name>.<operation>`
            if_match (str | Unset): the ETag that you have seen
        """
        return self._caller.send(
            delete_tool_source.call(
                source_name=source_name,
                if_match=if_match,
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
        sort: TaskOrder | Unset = UNSET,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
    ) -> PageTaskView:
        """Live tasks, newest first unless `sort` says otherwise

        Args:
            name (str | Unset):
            sort (TaskOrder | Unset): In which order tasks are listed; each has an index.
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
        """
        return await self._caller.send(
            list_tasks.call(
                name=name,
                sort=sort,
                limit=limit,
                cursor=cursor,
            )
        )

    async def create_task(
        self,
        *,
        body: TaskDefinition,
    ) -> DefinedTask:
        """Create a task from its definition (JSON or YAML)

        Args:
            body (TaskDefinition): What a task does. Unknown keys are refused; the graph is checked by
                `definition_faults`.
        """
        return await self._caller.send(
            create_task.call(
                body=body,
            )
        )

    async def get_task(
        self,
        task_id: UUID,
        *,
        version: int | Unset = UNSET,
    ) -> TaskView:
        """A task with its latest version, or with the one asked for

        Args:
            task_id (UUID):
            version (int | Unset):
        """
        return await self._caller.send(
            get_task.call(
                task_id=task_id,
                version=version,
            )
        )

    async def archive_task(
        self,
        task_id: UUID,
    ) -> None:
        """Take a task out of use; its runs and versions stay

        Args:
            task_id (UUID):
        """
        return await self._caller.send(
            archive_task.call(
                task_id=task_id,
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
            if_match (str | Unset): the ETag that you have seen
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

    async def list_tools(
        self,
    ) -> ToolList:
        """The tools that tasks may name: arguments, results, what repeating a call means, what it takes, its
        limits

        """
        return await self._caller.send(list_tools.call())

    async def get_tool(
        self,
        name: str,
    ) -> ToolView:
        """One tool

        Args:
            name (str):
        """
        return await self._caller.send(
            get_tool.call(
                name=name,
            )
        )

    async def list_tool_sources(
        self,
        *,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
    ) -> PageToolSourceSummary:
        """Where the tenant's own tools come from, by name

        Args:
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
        """
        return await self._caller.send(
            list_tool_sources.call(
                limit=limit,
                cursor=cursor,
            )
        )

    async def get_tool_source(
        self,
        source_name: str,
        *,
        version: int | Unset = UNSET,
    ) -> ToolSourceView:
        """One source with its tools, at its newest version or at the one asked for

        Args:
            source_name (str): the middle of the names of its tools: `api.<name>.<operation>`
            version (int | Unset):
        """
        return await self._caller.send(
            get_tool_source.call(
                source_name=source_name,
                version=version,
            )
        )

    async def put_tool_source(
        self,
        source_name: str,
        *,
        body: NewToolSource,
        if_match: str | Unset = UNSET,
    ) -> ToolSourceView:
        """Make tools of an OpenAPI document; with each document the source has its next version

        Args:
            source_name (str): the middle of the names of its tools: `api.<name>.<operation>`
            if_match (str | Unset): the ETag that you have seen
            body (NewToolSource): An OpenAPI document, and what is said besides it: which operations
                to take, and what repeating one would mean.
        """
        return await self._caller.send(
            put_tool_source.call(
                source_name=source_name,
                body=body,
                if_match=if_match,
            )
        )

    async def delete_tool_source(
        self,
        source_name: str,
        *,
        if_match: str | Unset = UNSET,
    ) -> None:
        """Take a source out of use; tasks that were made with its tools go on

        Args:
            source_name (str): the middle of the names of its tools: `api.<name>.<operation>`
            if_match (str | Unset): the ETag that you have seen
        """
        return await self._caller.send(
            delete_tool_source.call(
                source_name=source_name,
                if_match=if_match,
            )
        )
