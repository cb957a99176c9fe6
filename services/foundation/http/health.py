"""`/health` with each dependency, and `/metrics`."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from foundation.domain.errors import LockstepError
from foundation.telemetry import metrics
from foundation.telemetry.logs import logger

Check = Callable[[], Awaitable[None]]
"""Returns when the dependency answers; raises `DependencyUnavailable`, TimeoutError or OSError when it does not."""

_log = logger(__name__)
_CHECK_SECONDS = 2.0


async def _look(check: Check) -> dict[str, object]:
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

    @router.get("/health", summary="The service and each thing that it stands on")
    async def health() -> JSONResponse:
        names = [*required, *optional]
        results = await asyncio.gather(*(_look(check) for check in [*required.values(), *optional.values()]))
        dependencies = dict(zip(names, results, strict=True))
        down = {name for name, result in dependencies.items() if result["status"] == "down"}
        status = "down" if down & set(required) else "degraded" if down else "ok"
        body = {"service": service, "status": status, "dependencies": dependencies}
        return JSONResponse(body, status_code=503 if status == "down" else 200)

    @router.get("/metrics", summary="Prometheus figures of this process", response_class=Response)
    async def exposition() -> Response:
        body, content_type = metrics.exposition()
        return Response(body, media_type=content_type)

    return router
