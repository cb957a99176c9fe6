"""The calls of tools."""

import datetime
from typing import Any, Literal, cast
from uuid import UUID

from ...client import AsyncCaller, Caller
from ...models.list_tool_sources_fields_item import ListToolSourcesFieldsItem
from ...models.name_order import NameOrder
from ...models.new_tool_source import NewToolSource
from ...models.page_listed_tool_source_summary import PageListedToolSourceSummary
from ...models.problem import Problem
from ...models.tool_list import ToolList
from ...models.tool_source_view import ToolSourceView
from ...models.tool_view import ToolView
from ...types import UNSET, Unset
from . import (
    delete_tool_source,
    get_tool,
    get_tool_source,
    list_tool_sources,
    list_tools,
    put_tool_source,
)


class ToolsCalls:
    """The calls of tools; each waits for its answer."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

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


class AsyncToolsCalls:
    """The calls of tools; each is awaited."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

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
