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
from ...models.list_tool_sources_fields_item import ListToolSourcesFieldsItem
from ...models.name_order import NameOrder
from ...models.new_tool_source import NewToolSource
from ...models.page_listed_task import PageListedTask
from ...models.page_listed_task_version import PageListedTaskVersion
from ...models.page_listed_tool_source_summary import PageListedToolSourceSummary
from ...models.problem import Problem
from ...models.task_definition import TaskDefinition
from ...models.task_view import TaskView
from ...models.tool_list import ToolList
from ...models.tool_source_view import ToolSourceView
from ...models.tool_view import ToolView
from ...models.version_order import VersionOrder
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
    list_task_versions,
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
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: CreatedAtNameOrder | Unset = UNSET,
        fields: list[ListTasksFieldsItem] | Unset = UNSET,
        break_glass_access: UUID | Unset = UNSET,
    ) -> PageListedTask:
        """Live tasks, newest first unless `sort` says otherwise; definitions where `fields` names them

        Args:
            name (str | Unset):
            limit (int | Unset): rows a page Default: 50.
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
            limit (int | Unset): rows a page Default: 50.
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

    def list_tools(
        self,
        *,
        break_glass_access: UUID | Unset = UNSET,
    ) -> ToolList:
        """The tools that tasks may name: arguments, results, what repeating a call means, what it takes, its
        limits

        Args:
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return self._caller.send(
            list_tools.call(
                break_glass_access=break_glass_access,
            )
        )

    def get_tool(
        self,
        name: str,
        *,
        break_glass_access: UUID | Unset = UNSET,
    ) -> ToolView:
        """One tool

        Args:
            name (str):
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return self._caller.send(
            get_tool.call(
                name=name,
                break_glass_access=break_glass_access,
            )
        )

    def list_tool_sources(
        self,
        *,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: NameOrder | Unset = UNSET,
        fields: list[ListToolSourcesFieldsItem] | Unset = UNSET,
    ) -> PageListedToolSourceSummary:
        """Where the tenant's own tools come from, by name

        Args:
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (NameOrder | Unset): By name; with `-` before it, from the last on.
            fields (list[ListToolSourcesFieldsItem] | Unset): the members that items are shown with:
                names with commas between them, or the parameter several times; `name` is always among
                them. Without it all
        """
        return self._caller.send(
            list_tool_sources.call(
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
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
            source_name (str): the middle of its tools' names: `api.<name>.<operation>`,
                `mcp.<name>.<tool>`
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
        if_none_match: str | Unset = UNSET,
        if_match: str | Unset = UNSET,
    ) -> ToolSourceView:
        """Make tools of an OpenAPI document or of an MCP server; each time the source has its next version

        Args:
            source_name (str): the middle of its tools' names: `api.<name>.<operation>`,
                `mcp.<name>.<tool>`
            if_none_match (str | Unset): * for only where there is nothing yet
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (NewToolSource): An OpenAPI document, or the step that has read an MCP server, and
                what is said besides it.

                That is which operations, or tools of the server, to take, and what repeating a call of
                one would mean.
        """
        return self._caller.send(
            put_tool_source.call(
                source_name=source_name,
                body=body,
                if_none_match=if_none_match,
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
            source_name (str): the middle of its tools' names: `api.<name>.<operation>`,
                `mcp.<name>.<tool>`
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
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
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: CreatedAtNameOrder | Unset = UNSET,
        fields: list[ListTasksFieldsItem] | Unset = UNSET,
        break_glass_access: UUID | Unset = UNSET,
    ) -> PageListedTask:
        """Live tasks, newest first unless `sort` says otherwise; definitions where `fields` names them

        Args:
            name (str | Unset):
            limit (int | Unset): rows a page Default: 50.
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
            limit (int | Unset): rows a page Default: 50.
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

    async def list_tools(
        self,
        *,
        break_glass_access: UUID | Unset = UNSET,
    ) -> ToolList:
        """The tools that tasks may name: arguments, results, what repeating a call means, what it takes, its
        limits

        Args:
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return await self._caller.send(
            list_tools.call(
                break_glass_access=break_glass_access,
            )
        )

    async def get_tool(
        self,
        name: str,
        *,
        break_glass_access: UUID | Unset = UNSET,
    ) -> ToolView:
        """One tool

        Args:
            name (str):
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return await self._caller.send(
            get_tool.call(
                name=name,
                break_glass_access=break_glass_access,
            )
        )

    async def list_tool_sources(
        self,
        *,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: NameOrder | Unset = UNSET,
        fields: list[ListToolSourcesFieldsItem] | Unset = UNSET,
    ) -> PageListedToolSourceSummary:
        """Where the tenant's own tools come from, by name

        Args:
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (NameOrder | Unset): By name; with `-` before it, from the last on.
            fields (list[ListToolSourcesFieldsItem] | Unset): the members that items are shown with:
                names with commas between them, or the parameter several times; `name` is always among
                them. Without it all
        """
        return await self._caller.send(
            list_tool_sources.call(
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
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
            source_name (str): the middle of its tools' names: `api.<name>.<operation>`,
                `mcp.<name>.<tool>`
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
        if_none_match: str | Unset = UNSET,
        if_match: str | Unset = UNSET,
    ) -> ToolSourceView:
        """Make tools of an OpenAPI document or of an MCP server; each time the source has its next version

        Args:
            source_name (str): the middle of its tools' names: `api.<name>.<operation>`,
                `mcp.<name>.<tool>`
            if_none_match (str | Unset): * for only where there is nothing yet
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (NewToolSource): An OpenAPI document, or the step that has read an MCP server, and
                what is said besides it.

                That is which operations, or tools of the server, to take, and what repeating a call of
                one would mean.
        """
        return await self._caller.send(
            put_tool_source.call(
                source_name=source_name,
                body=body,
                if_none_match=if_none_match,
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
            source_name (str): the middle of its tools' names: `api.<name>.<operation>`,
                `mcp.<name>.<tool>`
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
        """
        return await self._caller.send(
            delete_tool_source.call(
                source_name=source_name,
                if_match=if_match,
            )
        )
