"""`/health` with each dependency."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal

import httpx
from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from foundation.domain.errors import DependencyUnavailable, LockstepError
from foundation.telemetry.logs import logger

Check = Callable[[], Awaitable[None]]
"""Returns when the dependency answers; raises `DependencyUnavailable`, TimeoutError or OSError when it does not."""

_log = logger(__name__)


class Health(BaseModel):
    """`degraded` while only something optional is down."""

    service: str
    status: Literal["ok", "degraded", "down"]
    dependencies: dict[str, dict[str, Any]] = Field(description="of each: `status`, and `latency_ms` or `error`")


_CHECK_SECONDS = 2.0
_REMEMBER_SECONDS = 1.0


class _Remembered:
    """A check's last result, kept for a second, so that many readers of `/health` do not become many checks."""

    def __init__(self, check: Check) -> None:
        self._check = check
        self._lock = asyncio.Lock()
        self._at = float("-inf")
        self._result: dict[str, object] = {}

    async def result(self) -> dict[str, object]:
        async with self._lock:
            if time.monotonic() - self._at > _REMEMBER_SECONDS:
                self._result = await _run(self._check)
                self._at = time.monotonic()
            return self._result


def answers(client: httpx.AsyncClient, what: str) -> Check:
    """A check that the service at the client's address answers its own `/health`, in whatever state it is."""

    async def check() -> None:
        try:
            await client.get("/health", timeout=_CHECK_SECONDS * 0.75)
        except httpx.HTTPError as error:
            raise DependencyUnavailable(f"{what} does not answer") from error

    return check


async def _run(check: Check) -> dict[str, object]:
    started = time.perf_counter()
    try:
        async with asyncio.timeout(_CHECK_SECONDS):
            await check()
    except (LockstepError, TimeoutError, OSError) as error:
        _log.debug("dependency is down", exc_info=error)
        why = error.detail if isinstance(error, LockstepError) else type(error).__name__
        return {"status": "down", "error": why}
    return {"status": "up", "latency_ms": round((time.perf_counter() - started) * 1000, 1)}


def health_router(
    service: str, required: Mapping[str, Check], *, optional: Mapping[str, Check] | None = None
) -> APIRouter:
    """Routes that answer 200 (`ok`, or `degraded` when an optional dependency is down) or 503 (`down`)."""
    router = APIRouter(tags=["operations"])
    optional = optional or {}
    checks = {name: _Remembered(check) for name, check in {**required, **optional}.items()}

    @router.get(
        "/health",
        summary="The service and each thing that it stands on",
        operation_id="get_health",
        responses={200: {"model": Health}, 503: {"model": Health, "description": "Service Unavailable"}},
    )
    async def health() -> JSONResponse:
        results = await asyncio.gather(*(check.result() for check in checks.values()))
        dependencies = dict(zip(checks, results, strict=True))
        down = {name for name, result in dependencies.items() if result["status"] == "down"}
        status = "down" if down & set(required) else "degraded" if down else "ok"
        body = {"service": service, "status": status, "dependencies": dependencies}
        return JSONResponse(body, status_code=503 if status == "down" else 200)

    return router
