"""Runs the CDK app for the local target, if its inputs have changed since the last time."""

import asyncio
import json
import sys
from pathlib import Path

from infra.node import node_environment
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
    """The templates in `place`. Several processes need them at the same time; the first call makes them."""

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
                here = inherited_environment()
                await run(
                    sys.executable,
                    "-m",
                    "infra.app",
                    environment={
                        **here,
                        "CDK_OUTDIR": str(self.place),
                        "CDK_CONTEXT_JSON": self._context,
                        **node_environment(path=here.get("PATH", "")),
                    },
                    what="synthesizing the stacks",
                )
                stamp.write_text(wanted)
            return self.place
