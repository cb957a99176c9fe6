"""A whole local stack of one benchmark's own: its data may be as large as it likes, and goes with it."""

import random
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from supervisor import env_file
from supervisor.settings import ROOT, inherited_environment
from support.figures import progress

_PORTS = (
    "CONTROL_PLANE", "GATEWAY", "LAUNCHER", "SIMULATED_PROVIDER", "WORKER_HEALTH", "POSTGRES", "REDIS", "WORKFLOW",
    "OBJECTS",
)  # fmt: skip
_METRICS_ABOVE = 10_000
_BASES = range(23_000, 32_000, 100)


@contextmanager
def own_stack(name: str) -> Iterator[dict[str, str]]:
    """Start it (a minute or two), and yield the variables with which programs reach it; then delete all that it had."""
    folder = ROOT / ".local" / "bench" / name
    base = _free_base()
    variables = {
        **inherited_environment(),
        **{f"LOCKSTEP_PORT_{port}": str(base + place) for place, port in enumerate(_PORTS)},
        "LOCKSTEP_PORT_METRICS_ABOVE": str(_METRICS_ABOVE),
        "LOCKSTEP_LOCAL_DIR": str(folder),
        "PYTHONPATH": f"{ROOT / 'services'}:{ROOT / 'localstack'}:{ROOT}",
    }
    _removed(folder, variables)
    try:
        progress(f"a stack of its own, on ports from {base}")
        _supervisor("up", variables)
        yield {**variables, **env_file.read(folder / "env")}
    finally:
        _removed(folder, variables)


def _removed(folder: Path, variables: dict[str, str]) -> None:
    """Stop it and delete its folder; `reset` would delete what sandboxes are made of too, which all stacks share."""
    _supervisor("down", variables)
    if folder.exists():
        shutil.rmtree(folder)


def _supervisor(command: str, variables: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "supervisor", command],
        env=variables, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise RuntimeError(f"supervisor {command}: exit status {done.returncode}\n{done.stdout}")


def _free_base() -> int:
    """The first of enough ports that nobody listens on; drawn, so that two that start at once seldom meet."""
    bases = list(_BASES)
    random.shuffle(bases)
    for base in bases:
        if all(_is_free(base + place + above) for place in range(len(_PORTS) + 1) for above in (0, _METRICS_ABOVE)):
            return base
    raise RuntimeError("no free ports")


def _is_free(port: int) -> bool:
    with socket.socket() as tried, suppress(OSError):
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        tried.bind(("127.0.0.1", port))
        return True
    return False
