"""What the service asks the launcher, and tells it."""

import contextlib
import secrets
from typing import Protocol

from foundation.http.service_tokens import ServiceTokenSigner
from tool_runtime.egress.model_door import RunTokenUnavailable
from tool_runtime.launcher_calls import LauncherAwayError, LauncherCalls, LauncherRefusedError
from tool_runtime.protocol import EgressGrant, EgressServicePlace, EgressTold, GrantRequest, RunToken

SERVICE = "egress"
"""How the service names itself in its tokens."""
_AUDIENCE = "tool_runtime"
_TRIES = 4
_LAST_TRIES = 20


class NoGrantError(Exception):
    """The token opens nothing, or nobody can say; the text says why, for whoever wrote the job."""


class GrantSource(Protocol):
    """Who knows what jobs may, and when they are over."""

    async def grant(self, token: str) -> EgressGrant:
        """What the job with this token may. Raises `NoGrantError`."""
        ...

    async def over(self, grant: EgressGrant) -> None:
        """Return when the job is over, or nobody knows of it any more."""
        ...

    async def run_token(self, grant: EgressGrant) -> str:
        """The run token of the job's step as it is now. Raises `RunTokenUnavailable`."""
        ...

    async def tell(self, grant: EgressGrant, told: EgressTold) -> bool:
        """Whether the launcher has taken it in, or does not want it any more."""
        ...


class LauncherOfGrants:
    """The launcher, asked by one process of the service, which has a name of its own."""

    def __init__(self, calls: LauncherCalls, signer: ServiceTokenSigner) -> None:
        self._calls = calls
        self._signer = signer
        self._path = f"/egress/services/{secrets.token_hex(16)}"

    def _token(self) -> str:
        return self._signer.service_token(_AUDIENCE)

    async def appear(self, place: EgressServicePlace) -> None:
        """Say where we are, for the next jobs. Raises `LauncherAwayError` and `LauncherRefusedError`."""
        await self._calls.ask("PUT", self._path, self._token(), place.model_dump_json().encode(), tries=1)

    async def disappear(self) -> None:
        """Say that no further job is to come."""
        with contextlib.suppress(LauncherAwayError, LauncherRefusedError):
            await self._calls.ask("DELETE", self._path, self._token(), tries=1)

    async def grant(self, token: str) -> EgressGrant:
        body = GrantRequest(token=token).model_dump_json().encode()
        try:
            answer = await self._calls.ask("POST", f"{self._path}/grants", self._token(), body, tries=_TRIES)
        except LauncherRefusedError as error:
            raise NoGrantError("its token is of no job that runs") from error
        except LauncherAwayError as error:
            raise NoGrantError("the launcher cannot be asked what the job may") from error
        return EgressGrant.model_validate_json(answer.content)

    async def over(self, grant: EgressGrant) -> None:
        with contextlib.suppress(LauncherRefusedError):
            await self._calls.poll("GET", f"/egress/grants/{grant.grant_id}/end", self._token)

    async def run_token(self, grant: EgressGrant) -> str:
        try:
            path = f"/egress/grants/{grant.grant_id}/run-token"
            answer = await self._calls.ask("GET", path, self._token(), tries=_TRIES)
        except (LauncherAwayError, LauncherRefusedError) as error:
            raise RunTokenUnavailable("the launcher does not have the step's run token") from error
        return RunToken.model_validate_json(answer.content).token

    async def tell(self, grant: EgressGrant, told: EgressTold) -> bool:
        path, body = f"/egress/grants/{grant.grant_id}/records", told.model_dump_json().encode()
        try:
            await self._calls.ask("POST", path, self._token(), body, tries=_LAST_TRIES if told.is_last else 1)
        except LauncherAwayError:
            return False
        except LauncherRefusedError:
            return True
        return True
