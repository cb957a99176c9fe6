"""What a running launcher consists of, built once and closed in reverse."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from foundation.contracts.egress.sealing import Opener
from foundation.domain.tools import SandboxProfile
from foundation.http.service_tokens import TokenVerifier
from foundation.telemetry.background import VitalTasks
from foundation.telemetry.logs import logger
from tool_runtime.launcher.egress.desk import EgressDesk
from tool_runtime.launcher.jobs.board import JobBoard
from tool_runtime.launcher.jobs.finished import FinishedJobs
from tool_runtime.launcher.runners.base import Probe, RunnerStarter
from tool_runtime.launcher.runners.fargate.probe import TasksProbe
from tool_runtime.launcher.runners.fargate.settings import FargateSettings
from tool_runtime.launcher.runners.fargate.starter import FargateRunners
from tool_runtime.launcher.runners.leases import LeaseBook
from tool_runtime.launcher.runners.local import LocalRunners
from tool_runtime.launcher.runners.pools import RunnerPools
from tool_runtime.launcher.settings import LauncherSettings
from tool_runtime.sandbox import assets
from tool_runtime.sandbox.probe import SandboxProbe
from tool_runtime.sandbox.profiles import PROFILES
from tool_runtime.tools.code_agent import agents_lacking

_log = logger(__name__)

AUDIENCE = "tool_runtime"
MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Runtime:
    """The parts that routes use."""

    verifier: TokenVerifier
    callers: frozenset[str]
    board: JobBoard
    leases: LeaseBook
    probes: Mapping[SandboxProfile, Probe]
    egress: EgressDesk | None
    """None where runners are the proxies of their jobs."""
    agents_lacking: Callable[[], Mapping[str, str]]
    """Agents that are not installed, with the reason; of images of tasks nobody here knows."""


@asynccontextmanager
async def runners_of(settings: LauncherSettings) -> AsyncIterator[RunnerStarter]:
    """What starts runners: processes of this machine, or Fargate tasks."""
    if settings.backend == "fargate":
        # A launcher of one machine has nothing of AWS, and no use for its SDK.
        from tool_runtime.launcher.runners.fargate.backend import fargate_runners  # noqa: PLC0415

        told = {
            "launcher_url": settings.runners_find_us_at(),
            "egress": settings.way_out(),
            "log_level": settings.log_level,
        }
        async with fargate_runners(FargateSettings(), **told) as runners:
            yield runners
        return
    yield LocalRunners(
        launcher_url=settings.runners_find_us_at(),
        sandbox_root=settings.sandbox_root,
        uid_locks=settings.uid_locks,
        host_memory_floor=settings.host_memory_floor,
        egress=settings.way_out(),
        egress_private=settings.egress_private,
        egress_authorities=settings.egress_authorities,
        search_path=settings.search_path,
        log_level=settings.log_level,
    )


async def _probes(settings: LauncherSettings, starter: RunnerStarter) -> Mapping[SandboxProfile, Probe]:
    """How each kind of runner is known to work; of tasks one look at ECS tells for all."""
    if isinstance(starter, FargateRunners):
        of_tasks = TasksProbe(starter.tasks)
        return dict.fromkeys(PROFILES, of_tasks)
    try:
        await asyncio.to_thread(assets.install, settings.sandbox_root)
    except (OSError, subprocess.CalledProcessError) as error:
        # Not a reason to end: every job, and `/health`, will say that there is no sandbox.
        _log.error("the sandbox's files could not be installed", exc_info=error)
    return {
        name: SandboxProbe(profile, sandbox_root=settings.sandbox_root, uid_locks=settings.uid_locks)
        for name, profile in PROFILES.items()
    }


@asynccontextmanager
async def running(settings: LauncherSettings, starter: RunnerStarter) -> AsyncIterator[Runtime]:
    """A runtime whose pool is kept filled; on leaving, every runner is gone."""
    probes = await _probes(settings, starter)
    finished = FinishedJobs(settings.result_ttl_seconds, settings.result_memory_mb * MIB)
    board = JobBoard(
        max_running=settings.max_running,
        max_queued=settings.max_queued,
        max_waiting=settings.max_waiting,
        finished=finished,
    )
    pools = RunnerPools(starter, board, probes, spare=settings.spare_runners, most_spare=settings.most_spare_runners)
    verifier = TokenVerifier(settings.public_keys(), audience=AUDIENCE)
    keys = settings.egress_keys()
    egress = None if keys is None else EgressDesk(keys, audience=AUDIENCE)
    try:
        async with VitalTasks() as vital:
            vital.start("runner pools", pools.run())
            yield Runtime(
                verifier,
                settings.callers,
                board,
                LeaseBook(
                    *(board, pools, Opener(settings.secret_jwks()), settings.web_search()),
                    gateway_url=settings.gateway_url,
                    egress=egress,
                ),
                probes,
                egress,
                dict if isinstance(starter, FargateRunners) else partial(agents_lacking, settings.sandbox_root),
            )
    finally:
        board.close()
        await pools.close()
        await starter.close()
