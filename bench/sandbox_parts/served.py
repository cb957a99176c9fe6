"""The egress service with one job, and the runner's end before it, for processes of their own."""

import asyncio
import socket

from foundation.contracts.egress.policy import NetworkPolicy
from foundation.domain.ids import JobId, RunId, StepId, TenantId, new_uuid
from foundation.domain.tools import SandboxProfile
from tool_runtime.egress.limits import EgressLimits
from tool_runtime.egress.model_door import RunTokenUnavailable
from tool_runtime.egress.proxy import EgressProxy
from tool_runtime.egress.tls.authority import JobAuthority
from tool_runtime.egress_link.forwarder import EgressForwarder
from tool_runtime.egress_service.jobs import ServedJobs
from tool_runtime.egress_service.serving import EgressService
from tool_runtime.protocol import EgressGrant, EgressLink, EgressServicePlace, EgressTold

_TOKEN = "of-the-one-job"  # noqa: S105 - nobody else is here
_MOST_CONNECTIONS = 1 << 20
_LONG_SECONDS = 3600.0


class OneJob:
    """What the launcher tells of it; nothing that is told of it is kept."""

    async def grant(self, token: str) -> EgressGrant:  # noqa: ARG002 - there is one
        return EgressGrant(
            grant_id="one",
            tenant_id=TenantId(new_uuid()),
            run_id=RunId(new_uuid()),
            step_id=StepId(new_uuid()),
            job_id=JobId(new_uuid()),
            profile=SandboxProfile.PYTHON,
            network=NetworkPolicy(),
            seconds=_LONG_SECONDS,
        )

    async def over(self, grant: EgressGrant) -> None:  # noqa: ARG002
        await asyncio.Event().wait()

    async def run_token(self, grant: EgressGrant) -> str:  # noqa: ARG002
        raise RunTokenUnavailable("no model is called here")

    async def tell(self, grant: EgressGrant, told: EgressTold) -> bool:  # noqa: ARG002
        return True


async def serve_job(sock: socket.socket, proxy: EgressProxy, identity: JobAuthority) -> None:
    """The service, for what comes to the socket."""
    service = EgressService(ServedJobs(OneJob(), lambda _: proxy), _MOST_CONNECTIONS, identity)
    async with service.listening(sock):
        await asyncio.Event().wait()


async def forward(sock: socket.socket, port: int, certificate: bytes, limits: EgressLimits) -> None:
    """As a runner does for what comes to the socket."""
    place = EgressServicePlace(address=f"127.0.0.1:{port}", certificate=certificate.decode())
    forwarder = EgressForwarder(EgressLink(token=_TOKEN, service=place), limits)
    async with forwarder.listening(sock):
        await asyncio.Event().wait()
