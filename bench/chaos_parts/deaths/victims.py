"""The processes of the stack that die: how each is found, killed, frozen and thawed."""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import psutil

from supervisor.processes import pid_files
from supervisor.settings import Paths

SERVICES = {
    "worker": "orchestrator",
    "gateway": "llm-gateway",
    "control-plane": "control-plane",
    "launcher": "tool-runtime",
    "redis": "redis",
    "postgres": "postgres",
    "workflow": "localstack-workflow",
}
"""Who may die, with the name of its process. The relays are inside the control plane and the workers."""
LAMBDAS = "lambdas"
NAMES = (*SERVICES, LAMBDAS)
_ENVIRONMENT_OF_A_FUNCTION = "lambda_executor/bootstrap.py"


@dataclass(frozen=True, slots=True)
class Victim:
    """Something that may die; `leaders` are the processes of which one is killed, or frozen with all its children."""

    name: str
    leaders: Callable[[], Sequence[psutil.Process]]

    def kill(self, pick: Callable[[Sequence[psutil.Process]], psutil.Process]) -> bool:
        """Whether one was there to be killed (SIGKILL)."""
        alive = self.leaders()
        if not alive:
            return False
        with contextlib.suppress(psutil.NoSuchProcess):
            pick(alive).kill()
        return True

    def freeze(self) -> list[psutil.Process]:
        """Stops all of them with their children (SIGSTOP); returns those that stand, for `thaw`."""
        frozen = []
        for leader in self.leaders():
            for process in (leader, *_children(leader)):
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.suspend()
                    frozen.append(process)
        return frozen


def thaw(frozen: Sequence[psutil.Process]) -> None:
    """Lets what was frozen go on (SIGCONT), children first."""
    for process in reversed(frozen):
        with contextlib.suppress(psutil.NoSuchProcess):
            process.resume()


def victims(paths: Paths, names: Sequence[str]) -> list[Victim]:
    """Those of the local stack with these names."""

    def service(process: str) -> Callable[[], Sequence[psutil.Process]]:
        return lambda: [found] if (found := pid_files.find(paths).get(process)) else []

    def lambdas() -> Sequence[psutil.Process]:
        workflow = pid_files.find(paths).get(SERVICES["workflow"])
        return [] if workflow is None else [one for one in _children(workflow) if is_a_function(one)]

    return [Victim(name, lambdas if name == LAMBDAS else service(SERVICES[name])) for name in names]


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return list(process.children(recursive=True))
    except psutil.NoSuchProcess:
        return []


def is_a_function(process: psutil.Process) -> bool:
    """Whether it is the template or an environment of a function of LocalStack's."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return any(part.endswith(_ENVIRONMENT_OF_A_FUNCTION) for part in process.cmdline())
    return False
