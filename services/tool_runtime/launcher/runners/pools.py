"""The pools of all kinds of runners, filled whenever the jobs change and looked over now and then."""

import asyncio
import contextlib
from collections.abc import Mapping

from foundation.domain.tools import SandboxProfile
from tool_runtime.launcher import metrics
from tool_runtime.launcher.jobs.board import JobBoard
from tool_runtime.launcher.runners.base import Probe, RunnerStarter
from tool_runtime.launcher.runners.pool import Place, RunnerPool, Spares
from tool_runtime.sandbox.profiles import PROFILES

REVIEW_SECONDS = 5.0


class RunnerPools:
    """`run` until cancelled; `close` kills what is left."""

    def __init__(
        self,
        starter: RunnerStarter,
        board: JobBoard,
        probes: Mapping[SandboxProfile, Probe],
        *,
        spare: int,
        most_spare: int,
    ) -> None:
        self._board = board
        self._most = starter.most_runners
        waiting = Spares(least=spare, most=max(spare, most_spare), room=self._room)
        none = Spares(least=0, most=0, room=self._room)
        self._pools = [
            RunnerPool(profile, starter, board, probe, waiting if PROFILES[profile].waits_ready else none)
            for profile, probe in probes.items()
        ]

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        review_at = loop.time() + REVIEW_SECONDS
        while True:
            for pool in self._pools:
                pool.fill()
            metrics.RUNNERS.set(sum(map(len, self._pools)))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(review_at):
                    await self._board.changed.wait()
            self._board.changed.clear()
            if loop.time() >= review_at:
                review_at = loop.time() + REVIEW_SECONDS
                for pool in self._pools:
                    pool.review()

    def find(self, token: str) -> Place | None:
        """The place with this worker token, if it has not had its lease: its runner is up and asks."""
        return next((place for pool in self._pools if (place := pool.find(token)) is not None), None)

    def holds(self, place: Place) -> bool:
        """Whether the place's runner is still there."""
        return any(pool.holds(place) for pool in self._pools)

    async def close(self) -> None:
        for pool in self._pools:
            await pool.close()

    def _room(self) -> int:
        return self._most - sum(map(len, self._pools))
