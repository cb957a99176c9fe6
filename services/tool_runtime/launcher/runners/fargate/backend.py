"""Puts together what starts Fargate tasks; only a launcher that does imports it, and with it the SDK of AWS."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from foundation.cloud.clients import Clients
from foundation.cloud.container_tasks.ecs import EcsTasks
from tool_runtime.launcher.runners.fargate.settings import FargateSettings
from tool_runtime.launcher.runners.fargate.starter import FargateRunners
from tool_runtime.launcher.runners.leases import CANCEL_SECONDS, TRANSFER_SECONDS

_LONGEST_JOB_SECONDS = 3600.0


@asynccontextmanager
async def fargate_runners(
    settings: FargateSettings, *, launcher_url: str, egress: str, log_level: str
) -> AsyncIterator[FargateRunners]:
    async with Clients() as clients:
        yield FargateRunners(
            EcsTasks(await clients.ecs(), settings.place()),
            launcher_url=launcher_url,
            longest_seconds=settings.idle_seconds + _LONGEST_JOB_SECONDS + TRANSFER_SECONDS + CANCEL_SECONDS,
            idle_seconds=settings.idle_seconds,
            egress=egress,
            log_level=log_level,
            most_runners=settings.most_tasks,
        )
