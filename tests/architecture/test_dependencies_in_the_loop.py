"""What FastAPI calls before a route is asynchronous: a plain function would be sent to a thread and waited for.

That costs more than most of these functions do, and under load a thread gets its turn late.
"""

import inspect
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI

from fixtures.api.dependants import calls_before, routes_of
from fixtures.api.unopened_apps import unopened_api, unopened_gateway_admin, unopened_launcher


def in_a_thread(call: Any) -> bool:
    """Functions, and objects that are called like them; a class is made into an object for rare routes only."""
    if inspect.isclass(call):
        return False
    called = call if inspect.isroutine(call) else type(call).__call__
    return not (inspect.iscoroutinefunction(called) or inspect.isasyncgenfunction(called))


@pytest.mark.parametrize("app", [unopened_api, unopened_launcher, unopened_gateway_admin])
def test_no_dependency_and_no_route_runs_in_a_thread(app: Callable[[], FastAPI]) -> None:
    found = {
        getattr(call, "__qualname__", repr(call))
        for route in routes_of(app())
        for call in calls_before(route)
        if call is not None and in_a_thread(call)
    }
    assert found == set()


def test_the_rule_tells_a_plain_function_from_one_of_the_loop() -> None:
    class Plain:
        def __call__(self) -> None: ...

    class Awaited:
        async def __call__(self) -> None: ...

    async def awaited() -> None: ...

    assert [in_a_thread(call) for call in (Plain(), Awaited(), awaited, len)] == [True, False, False, True]
