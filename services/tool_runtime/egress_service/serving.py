"""Takes connections of runners: TLS, a greeting with the token of a job, and then that job's proxy."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta

from foundation.telemetry.background import TaskSet
from foundation.telemetry.logs import bind
from tool_runtime.egress.grammar import MAX_HEAD
from tool_runtime.egress.tls.authority import JobAuthority
from tool_runtime.egress_link.carrying import Stream, carry_to_proxy
from tool_runtime.egress_link.greeting import (
    GREETING_SECONDS,
    SERVICE_NAME,
    Greeting,
    GreetingError,
    Welcome,
    hear,
    say,
)
from tool_runtime.egress_service import metrics
from tool_runtime.egress_service.jobs import ServedJob, ServedJobs
from tool_runtime.egress_service.launcher import NoGrantError

_LIFE = timedelta(days=3650)
"""Of the certificate, which a runner is told of for one job: its key ends with this process."""
_BACKLOG = 1024


def _identity() -> JobAuthority:
    return JobAuthority([SERVICE_NAME], life=_LIFE)


@dataclass
class EgressService:
    """One process's. Its key is made here and leaves it never; runners are told of the certificate by the launcher."""

    jobs: ServedJobs
    most_connections: int
    identity: JobAuthority = field(default_factory=_identity)
    _carried: TaskSet = field(default_factory=TaskSet)

    @contextlib.asynccontextmanager
    async def listening(self, sock: socket.socket) -> AsyncIterator[None]:
        """Takes connections while the block runs; then the socket is closed, and everything is cut and told."""
        server = await asyncio.start_server(
            self._accept,
            sock=sock,
            ssl=self.identity.context(SERVICE_NAME),
            ssl_handshake_timeout=GREETING_SECONDS,
            limit=MAX_HEAD,
            backlog=_BACKLOG,
        )
        try:
            yield
        finally:
            server.close()
            await self.jobs.close()
            await self._carried.cancel()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._carried) >= self.most_connections:
            metrics.TURNED_AWAY.labels("full").inc()
            writer.transport.abort()
            return
        taken = self._carried.start(self._take((reader, writer)), name="a runner's connection")
        taken.add_done_callback(lambda _: writer.close())

    async def _take(self, link: Stream) -> None:
        reader, writer = link
        with metrics.CONNECTIONS.track_inprogress():
            try:
                greeting = await hear(reader, Greeting)
                job = await self.jobs.find(greeting.token, peer=writer.get_extra_info("peername")[0])
                if greeting.wants == "certificate":
                    certificate = job.proxy.certificate
                    told = certificate.decode() if certificate else None
                    await say(writer, Welcome(certificate=told, proof_key=job.proxy.proof_key))
                else:
                    await say(writer, Welcome())
                    await _to_proxy(job, link)
            except NoGrantError as error:
                metrics.TURNED_AWAY.labels("token").inc()
                with contextlib.suppress(OSError):
                    await say(writer, Welcome(refused=str(error)))
            except (GreetingError, OSError):  # it has left, or is no runner of ours
                metrics.TURNED_AWAY.labels("greeting").inc()


async def _to_proxy(job: ServedJob, link: Stream) -> None:
    """By a pair of sockets, so that the proxy has a connection as elsewhere, whose halves end by themselves."""
    ours, theirs = socket.socketpair()
    of_proxy = await asyncio.open_connection(sock=theirs, limit=MAX_HEAD)
    grant = job.grant
    with bind(tenant_id=grant.tenant_id, run_id=grant.run_id, step_id=grant.step_id, job_id=grant.job_id):
        job.proxy.take(*of_proxy)
    await carry_to_proxy(link, await asyncio.open_connection(sock=ours), job.proxy.meter.turns)
