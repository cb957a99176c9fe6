"""Signing in from a command line (RFC 8628): the person opens a page, the program waits for the token."""

import time
from dataclasses import dataclass
from typing import Any, Self

import httpx

from lockstep_client.problems import SignInRefused
from lockstep_client.sending import url_of_server

_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


@dataclass(frozen=True, slots=True)
class DeviceLogin:
    """A sign-in that somebody has to allow: show them `verification_uri_complete`, then `wait`."""

    verification_uri_complete: str
    user_code: str
    interval: float
    expires_in: float
    _token_endpoint: str
    _client_id: str
    _device_code: str
    _http: httpx.Client

    @classmethod
    def begin(cls, issuer: str, client_id: str, *, transport: httpx.BaseTransport | None = None) -> Self:
        """Ask the identity provider for a code; `SignInRefused` where it has no flow for devices."""
        http = httpx.Client(timeout=30.0, transport=transport)
        document = _ok(http.get(f"{url_of_server(issuer).rstrip('/')}/.well-known/openid-configuration"))
        if "device_authorization_endpoint" not in document:
            raise SignInRefused("unsupported", f"{issuer} has no flow for devices")
        given = _ok(http.post(document["device_authorization_endpoint"], data={"client_id": client_id}))
        return cls(
            verification_uri_complete=str(given.get("verification_uri_complete", given["verification_uri"])),
            user_code=str(given["user_code"]),
            interval=float(given.get("interval", 5)),
            expires_in=float(given["expires_in"]),
            _token_endpoint=str(document["token_endpoint"]),
            _client_id=client_id,
            _device_code=str(given["device_code"]),
            _http=http,
        )

    def wait(self) -> str:
        """The access token, once somebody has let this program in; `SignInRefused` when they refuse, or too late."""
        deadline = time.monotonic() + self.expires_in
        pause = self.interval
        form = {"grant_type": _GRANT, "device_code": self._device_code, "client_id": self._client_id}
        while time.monotonic() < deadline:
            try:
                return str(_ok(self._http.post(self._token_endpoint, data=form))["access_token"])
            except SignInRefused as refused:
                if refused.error not in {"authorization_pending", "slow_down"}:
                    raise
                pause += 5 if refused.error == "slow_down" else 0
            time.sleep(pause)
        raise SignInRefused("expired_token", "nobody has let this program in within its time")


def _ok(response: httpx.Response) -> dict[str, Any]:
    try:
        document = response.json()
    except ValueError:
        document = {}
    if response.is_error or not isinstance(document, dict):
        known = document if isinstance(document, dict) else {}
        raise SignInRefused(str(known.get("error", response.status_code)), str(known.get("error_description", "")))
    return document
