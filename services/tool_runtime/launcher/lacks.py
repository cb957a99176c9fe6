"""What this launcher cannot run: kinds of sandbox that cannot be built, and agents that are not installed."""

from collections.abc import Callable, Mapping

from fastapi import APIRouter

from foundation.contracts.tools.calls.runtime_lacks import RuntimeLacks
from foundation.domain.errors import SandboxUnavailable
from foundation.domain.tools import SandboxProfile
from tool_runtime.launcher.dependencies import CallingService, CurrentRuntime
from tool_runtime.launcher.runners.base import Probe

lacking = APIRouter(prefix="/lacks", tags=["jobs"])

AgentsLacking = Callable[[], Mapping[str, str]]


async def lacks_of(probes: Mapping[SandboxProfile, Probe], agents: AgentsLacking) -> RuntimeLacks:
    sandboxes = {}
    for name, probe in probes.items():
        try:
            await probe.check()
        except SandboxUnavailable as error:
            sandboxes[name] = error.detail
    return RuntimeLacks(sandboxes=sandboxes, agents=dict(agents()))


@lacking.get("", summary="What cannot be run here, with the reasons", operation_id="get_lacks")
async def lacks(_: CallingService, runtime: CurrentRuntime) -> RuntimeLacks:
    return await lacks_of(runtime.probes, runtime.agents_lacking)
