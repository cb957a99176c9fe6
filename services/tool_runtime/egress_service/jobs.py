"""The jobs whose connections the service takes: a proxy for each, from its first connection until the job is over."""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from foundation.telemetry.background import TaskSet, cancelled
from foundation.telemetry.logs import bind, logger
from tool_runtime.egress.proxy import EgressProxy
from tool_runtime.egress_of_jobs import ProxySurroundings, proxy_of
from tool_runtime.egress_service import metrics
from tool_runtime.egress_service.launcher import GrantSource, NoGrantError
from tool_runtime.protocol import EgressGrant, EgressTold

_AT_ONCE = 16
"""Tokens that the launcher is asked about at once; further ones wait, so that a flood of guesses is slow."""
_PAUSE_SECONDS = 0.5
"""Before something that the launcher did not hear is told again."""

_log = logger(__name__)

ProxyMaker = Callable[[EgressGrant], EgressProxy]


@dataclass(eq=False)
class ServedJob:
    """One job: what it may, its proxy, the address from which its runner came first, and what was told of it."""

    grant: EgressGrant
    proxy: EgressProxy
    peer: str
    told: int = 0


@dataclass
class ServedJobs:
    """Jobs by the digest of their token, so that no token is kept. `make` makes the proxy of a job."""

    grants: GrantSource
    make: ProxyMaker
    _jobs: dict[bytes, asyncio.Task[ServedJob]] = field(default_factory=dict)
    _attending: TaskSet = field(default_factory=TaskSet)
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    def __len__(self) -> int:
        return len(self._jobs)

    async def find(self, token: str, *, peer: str) -> ServedJob:
        """The job of this token, for its runner at `peer` alone. Raises `NoGrantError`."""
        digest = hashlib.sha256(token.encode()).digest()
        if digest not in self._jobs:
            self._jobs[digest] = asyncio.create_task(self._begin(digest, token, peer))
            self._jobs[digest].add_done_callback(_seen)
        job = await asyncio.shield(self._jobs[digest])
        if job.peer != peer:
            _log.warning(
                "a job's token came from another machine than its runner's", extra={"job_id": str(job.grant.job_id)}
            )
            raise NoGrantError("its token was shown by another machine before")
        return job

    async def all_over(self) -> None:
        """Return when none is left."""
        await self._attending.wait()

    async def close(self) -> None:
        """Cut everything, and tell the launcher what was asked for until now."""
        await self._attending.cancel()

    async def _begin(self, digest: bytes, token: str, peer: str) -> ServedJob:
        try:
            async with self._room:
                grant = await self.grants.grant(token)
            job = ServedJob(grant, self.make(grant), peer)
        except BaseException:
            del self._jobs[digest]
            raise
        with bind(tenant_id=grant.tenant_id, run_id=grant.run_id, step_id=grant.step_id, job_id=grant.job_id):
            self._attending.start(self._attend(digest, job), name=f"egress of {grant.job_id}")
        metrics.JOBS.set(len(self))
        return job

    async def _attend(self, digest: bytes, job: ServedJob) -> None:
        """Until the job is over, whoever says so; from then on its token opens nothing."""
        telling = asyncio.create_task(self._tell_as_it_grows(job))
        try:
            async with asyncio.timeout(job.grant.seconds):
                await self.grants.over(job.grant)
        except TimeoutError:
            _log.warning("a job outlived its grant, and is cut off")
        finally:
            del self._jobs[digest]
            metrics.JOBS.set(len(self))
            job.proxy.closed = "the job is over"
            await job.proxy.close()
            await cancelled([telling])
            await self._tell(job, is_last=True)

    async def _tell_as_it_grows(self, job: ServedJob) -> None:
        while True:
            await job.proxy.journal.grew.wait()
            job.proxy.journal.grew.clear()
            while not await self._tell(job):  # noqa: ASYNC110 - the launcher tells nobody that it is back
                await asyncio.sleep(_PAUSE_SECONDS)

    async def _tell(self, job: ServedJob, *, is_last: bool = False) -> bool:
        records, left_out = job.proxy.journal.since(job.told)
        told = EgressTold(after=job.told, records=records, refusals_left_out=left_out, is_last=is_last)
        has_heard = await self.grants.tell(job.grant, told)
        if has_heard:
            job.told += len(records)
        return has_heard


def _seen(beginning: asyncio.Task[ServedJob]) -> None:
    """Whoever asked may have left: then nobody else looks at what went wrong."""
    if not beginning.cancelled():
        beginning.exception()


def maker_of_proxies(grants: GrantSource, around: ProxySurroundings) -> ProxyMaker:
    """Proxies as runners have them, which ask for run tokens by the grant."""
    return lambda grant: proxy_of(grant, around, lambda: grants.run_token(grant))
