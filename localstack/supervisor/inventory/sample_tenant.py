"""The sample tenant: a user's token and a gateway key, made by the control plane and written to `.local/env`."""

import json
import sys

from supervisor.processes.one_shot import run

# Prints a JSON object of shell variables. It may be run again.
_MODULE = "control_plane.sample_tenant"


class SampleTenant:
    """Makes the tenant by a program of the control plane; making it again changes nothing."""

    def __init__(self, environment: dict[str, str], *, superuser: str, into: dict[str, str]) -> None:
        """`into` receives the variables that the control plane prints."""
        # The first tenant of a database has no member who could invite it, so the owner's login makes it.
        self._environment = {**environment, "DATABASE_URL": superuser}
        self._into = into

    async def make(self) -> None:
        output = await run(
            sys.executable, "-m", _MODULE, environment=self._environment, what="making the sample tenant"
        )
        self._into |= json.loads(output)
