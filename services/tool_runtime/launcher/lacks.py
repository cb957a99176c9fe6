"""What this launcher cannot run: kinds of sandbox that cannot be built, and agents that are not installed."""

from collections.abc import Callable, Mapping

from foundation.contracts.tools.calls.runtime_lacks import RuntimeLacks
from foundation.domain.errors import SandboxUnavailable
from foundation.domain.tools import SandboxProfile
from tool_runtime.launcher.runners.base import Probe

AgentsLacking = Callable[[], Mapping[str, str]]


async def lacks_of(probes: Mapping[SandboxProfile, Probe], agents: AgentsLacking) -> RuntimeLacks:
    sandboxes = {}
    for name, probe in probes.items():
        try:
            await probe.check()
        except SandboxUnavailable as error:
            sandboxes[name] = error.detail
    return RuntimeLacks(sandboxes=sandboxes, agents=dict(agents()))
