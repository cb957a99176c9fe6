"""Routers that are asked for their own paths alone."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from fastapi import APIRouter
from starlette.routing import Match
from starlette.types import Scope

from control_plane.requests.answers.readable import shown_to_readers

_PREFIX_PARTS = 3
"""The empty text before the first slash, and the two parts of the prefix."""


class RoomRouter(APIRouter):
    """The routes of one resource or a few, which the app includes below a prefix of two parts, such as `/api/v1`.

    An app asks its routers in turn until one has the path, and each compares the path with every route of its own: with
    some fifty routers that takes as long as a statement in the database. This one looks at the path's third part first.
    """

    @cached_property
    def _beginnings(self) -> frozenset[str]:
        return frozenset(str(getattr(route, "path", "")).split("/", 2)[1] for route in self.routes)

    def add_api_route(self, path: str, endpoint: Callable[..., Any], **declared: Any) -> None:
        """The route, whose answers show content to who may read it."""
        super().add_api_route(path, shown_to_readers(endpoint), **declared)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        parts = scope["path"].split("/", 4)
        if len(parts) <= _PREFIX_PARTS or parts[_PREFIX_PARTS] not in self._beginnings:
            return Match.NONE, {}
        return super().matches(scope)
