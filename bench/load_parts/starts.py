"""New runs at a steady rate, while what executes them takes more and more of the machine."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

import psutil
import psycopg

from load_parts.reads import Ground
from support.figures import progress
from support.open_loop import Call, OpenLoop
from support.parts import parts_of
from support.settings import BenchSettings

_PER_SECOND = 50.0
_SECONDS = 6.0
"""Of each way. All together stay below the open runs that a tenant may have, 1000."""
_BEHIND = 10
"""The niceness of what stands in for AWS, which elsewhere takes no processor from the API."""


class Starts:
    """New runs of the large tenant, beside refusals at the same rate: what the framework costs on this machine now."""

    def __init__(self, loop: OpenLoop, ground: Ground, settings: BenchSettings) -> None:
        self._loop, self._settings = loop, settings
        url, body = f"{ground.api}/runs", {"task_id": ground.task_ids[0]}
        self._refused = Call("floor", "POST", url, 401, {}, {**body})
        self._start = Call("post", "POST", url, 201, ground.tenant.headers, {**body})
        self._tenant_id = ground.tenant.tenant_id

    async def measure(self) -> dict[str, object]:
        """Each way for some seconds, by what happens to the executions meanwhile."""
        progress(f"full_tables: new runs at {_PER_SECOND:g} a second")
        report: dict[str, object] = {"per_second": _PER_SECOND, "floor": await self._drive(self._refused)}
        executions = parts_of(self._settings)["localstack_workflow_and_lambdas"]
        with _stopped(executions):
            report["while executions stand still"] = await self._drive(self._start)
        _make_way(executions)
        report["while executions make way"] = await self._drive(self._start)
        _make_way(executions, niceness=0)
        report["while executions take what they can"] = await self._drive(self._start)
        report["runs by status at the end"] = self._statuses()
        return report

    async def _drive(self, call: Call) -> dict[str, object]:
        one = await self._loop.drive(lambda: call, per_second=_PER_SECOND, seconds=_SECONDS)
        progress(f"full_tables: {call.name}: {one['all_ms']} {one['errors']}")
        return short(one)

    def _statuses(self) -> dict[str, int]:
        """Of the runs that were started here; all of them are there, however many have begun by now."""
        with psycopg.connect(self._settings.database_url.get_secret_value()) as connection:
            rows = connection.execute(
                """SELECT status, count(*) FROM runs WHERE tenant_id = %s AND created_at > now() - interval '1 min'
                   GROUP BY 1 ORDER BY 1""",
                [self._tenant_id],
            ).fetchall()
        return {str(status): int(count) for status, count in rows}


def short(one: Mapping[str, object]) -> dict[str, object]:
    return {"requests": one["requests"], "errors": one["errors"], "ms": one["all_ms"]}


@contextmanager
def _stopped(process: psutil.Process) -> Iterator[None]:
    """As if its answers were on the way: whoever asks it waits, and it takes no processor."""
    process.suspend()
    try:
        yield
    finally:
        process.resume()


def _make_way(process: psutil.Process, *, niceness: int = _BEHIND) -> None:
    for one in (process, *process.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            one.nice(niceness)
