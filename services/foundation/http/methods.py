"""HEAD wherever GET is, and what a path allows where a method is refused."""

from collections.abc import Iterable
from contextlib import suppress

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SET_BY_ROUTING = ("route", "path_params")


class _EnoughOfTheBody(Exception):
    """Ends a route whose body would go on: HEAD has been answered."""


class HeadAsGet:
    """Answers HEAD with the status and headers of GET, without its body; a stream is ended at its beginning."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def without_body(message: Message) -> None:
            if message["type"] != "http.response.body":
                await send(message)
                return
            await send({"type": "http.response.body", "body": b""})
            if message.get("more_body", False):
                raise _EnoughOfTheBody

        # A copy, because the server reads the method of its own scope to know that HEAD has no body; what the router
        # finds is copied back, since the metrics around this middleware name the route by it.
        as_get = {**scope, "method": "GET"}
        with suppress(_EnoughOfTheBody):
            await self._app(as_get, receive, without_body)
        scope.update({name: as_get[name] for name in _SET_BY_ROUTING if name in as_get})


def served_at(app: FastAPI, method: str, path: str) -> tuple[str | None, dict[str, str]]:
    """The operation at this path, with what the path has in the places of its parameters; None where there is none."""
    for route in iter_route_contexts(app.routes):
        if route.path is not None and method in (route.methods or ()):
            found = compile_path(route.path)[0].match(path)
            operation: str | None = getattr(route, "operation_id", None)
            if found and operation:
                return operation, found.groupdict()
    return None, {}


def allowed_methods(app: FastAPI, path: str) -> list[str]:
    """Every method of the resource at this path, over all its routes."""
    methods = {
        method for route_path, some in _routes(app) if compile_path(route_path)[0].match(path) for method in some
    }
    return sorted(methods | ({"HEAD"} if "GET" in methods else set()))


def _routes(app: FastAPI) -> Iterable[tuple[str, Iterable[str]]]:
    for route in iter_route_contexts(app.routes):
        if route.path is not None and route.methods:
            yield route.path, route.methods
