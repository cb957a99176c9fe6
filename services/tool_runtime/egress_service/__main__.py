"""The egress service's process: `python -m tool_runtime.egress_service`."""

import asyncio
import contextlib
import signal
import socket

from foundation.http.outgoing import http_client
from foundation.http.service_tokens import ServiceTokenSigner
from foundation.telemetry import logs, metrics
from foundation.telemetry.background import VitalTasks
from foundation.telemetry.logs import logger
from tool_runtime.egress_service.jobs import ServedJobs, maker_of_proxies
from tool_runtime.egress_service.launcher import SERVICE, LauncherOfGrants
from tool_runtime.egress_service.serving import EgressService
from tool_runtime.egress_service.settings import EgressSettings
from tool_runtime.launcher_calls import LauncherAwayError, LauncherCalls
from tool_runtime.protocol import EGRESS_SEEN_SECONDS, EgressServicePlace

_CALL_SECONDS = 30.0
_AGAIN_SECONDS = 1.0

_log = logger(__name__)


async def _serve(settings: EgressSettings) -> None:
    told_to_end = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told_to_end.set)
    async with http_client(timeout=_CALL_SECONDS) as client:
        signer = ServiceTokenSigner(settings.private_jwk(), service=SERVICE)
        launcher = LauncherOfGrants(LauncherCalls(client, launcher_url=settings.launcher_url), signer)
        jobs = ServedJobs(launcher, maker_of_proxies(launcher, settings.surroundings()))
        service = EgressService(jobs, settings.most_connections)
        listener = socket.create_server((settings.host, settings.port))
        port = listener.getsockname()[1]
        async with service.listening(listener):
            place = EgressServicePlace(
                address=settings.reached_at(port), certificate=service.identity.certificate.decode()
            )
            async with VitalTasks() as vital:
                vital.start("appearing", _appear(launcher, place))
                await told_to_end.wait()
            await launcher.disappear()
            # No further job comes; those that are here may end by themselves for a while.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(settings.drain_seconds):
                    await jobs.all_over()


async def _appear(launcher: LauncherOfGrants, place: EgressServicePlace) -> None:
    """Tell the launcher where we are, three times as often as it would forget it; one that is new is told as well."""
    is_known = False
    while True:
        try:
            await launcher.appear(place)
        except LauncherAwayError as error:
            is_known = False
            _log.warning("the launcher is not told where this egress service is", extra={"reason": str(error)})
        else:
            if not is_known:
                _log.info("the launcher knows where this egress service is", extra={"address": place.address})
            is_known = True
        await asyncio.sleep(EGRESS_SEEN_SECONDS / 3 if is_known else _AGAIN_SECONDS)


def main() -> None:
    settings = EgressSettings()
    logs.configure("egress_service", level=settings.log_level)
    metrics.serve("egress_service")
    asyncio.run(_serve(settings))


if __name__ == "__main__":
    main()
