"""The sample tenant's user token and gateway key: made by the control plane, offered in `.local/env`."""

import json
import sys

from supervisor.processes.one_shot import run

# Prints a JSON object of shell variables; may be run again.
_MODULE = "control_plane.seed"


class Identity:
    def __init__(self, environment: dict[str, str], *, superuser: str, into: dict[str, str]) -> None:
        # The first tenant of a database has nobody who could invite it.
        self._environment = {**environment, "DATABASE_URL": superuser}
        self._into = into

    async def make(self) -> None:
        said = await run(sys.executable, "-m", _MODULE, environment=self._environment, what="making the sample tenant")
        self._into |= json.loads(said)
