"""What is done to the LocalStack process with queues and workflows: its stacks are deployed after each start."""

import asyncio
from pathlib import Path

from infra.names import local_names
from supervisor.clouds.cloud import Cloud
from supervisor.clouds.publisher import publish
from supervisor.clouds.synthesis import Synthesis

_STACKS = tuple(local_names().stack(what) for what in ("messaging", "workflow"))


class Workflow:
    """Publishes the stacks of queues and workflows to the LocalStack process that has none after a start."""

    def __init__(self, *, cloud: Cloud, synthesis: Synthesis) -> None:
        self._cloud = cloud
        self._synthesis = synthesis

    async def deploy(self) -> None:
        place = await self._synthesis.ensure()
        await asyncio.to_thread(self._publish, place)

    def _publish(self, place: Path) -> None:
        for stack in _STACKS:
            publish(stack, place, lambda name: self._cloud.client(name, self._cloud.workflow_url))
