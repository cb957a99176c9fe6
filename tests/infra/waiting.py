"""Waits for something that another process does, up to a bound that only a broken machine reaches."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


def until(ask: Callable[[], T | None], what: str, *, seconds: float = 60) -> T:
    deadline = time.monotonic() + seconds
    while (found := ask()) is None:
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not happen within {seconds:.0f} s")
        time.sleep(0.05)
    return found


def until_ended(states: Any, execution: str, *, seconds: float = 60) -> dict[str, Any]:
    def ended() -> dict[str, Any] | None:
        found: dict[str, Any] = states.describe_execution(executionArn=execution)
        return found if found["status"] != "RUNNING" else None

    return until(ended, f"the end of {execution}", seconds=seconds)
