"""The local OpenID provider: its document, the page, the tokens, and the flow for devices (RFC 8628).

It is there only when `LOCKSTEP_ENVIRONMENT` is `local`: anybody who reaches it signs in as anybody.
"""

import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from control_plane.identity.tokens import ALGORITHM, LocalIssuer
from control_plane.people.local_login import pages
from control_plane.people.local_login.grants import (
    DEVICE_SECONDS,
    GrantRefused,
    Grants,
    LocalUser,
    SignIn,
    challenge_of,
    is_loopback,
)
from control_plane.people.local_login.users import user_of
from foundation.domain.ids import TenantId

AUTHORIZE, TOKEN = "/oauth2/authorize", "/oauth2/token"  # paths, as Cognito has them
DEVICE_AUTHORIZATION, DEVICE = "/oauth2/device_authorization", "/oauth2/device"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
TOKEN_SECONDS = 3600
_LONGEST = 512
_NOT_KEPT = {"Cache-Control": "no-store", "Pragma": "no-cache"}

TenantOf = Callable[[str], Awaitable[TenantId | None]]
"""The active tenant of a subject, as the function before Cognito's tokens finds it."""


def local_login(issuer: LocalIssuer, *, url: str, client_id: str, tenant_of: TenantOf) -> APIRouter:
    """The routes of the provider at this URL, for this one client."""
    provider = _Provider(issuer, url, client_id, tenant_of)
    router = APIRouter(include_in_schema=False)
    for method, path, serve in (
        ("GET", "/.well-known/openid-configuration", provider.document),
        ("GET", AUTHORIZE, provider.ask),
        ("POST", AUTHORIZE, provider.signed_in),
        ("POST", TOKEN, provider.token),
        ("POST", DEVICE_AUTHORIZATION, provider.device_authorization),
        ("GET", DEVICE, provider.ask_for_device),
        ("POST", DEVICE, provider.device_decided),
    ):
        router.add_api_route(path, serve, methods=[method])
    return router


class _Provider:
    def __init__(self, issuer: LocalIssuer, url: str, client_id: str, tenant_of: TenantOf) -> None:
        self._issuer = issuer
        self._url = url.rstrip("/")
        self._client_id = client_id
        self._tenant_of = tenant_of
        self._grants = Grants(time.monotonic)

    async def document(self) -> dict[str, Any]:
        """OpenID Connect Discovery 1.0."""
        return {
            "issuer": self._url,
            "authorization_endpoint": self._url + AUTHORIZE,
            "token_endpoint": self._url + TOKEN,
            "device_authorization_endpoint": self._url + DEVICE_AUTHORIZATION,
            "jwks_uri": f"{self._url}/.well-known/jwks.json",
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code", DEVICE_GRANT],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["none"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [ALGORITHM],
            "scopes_supported": ["openid", "email"],
        }

    async def ask(self, request: Request) -> Response:
        """The page. Until the client and its address are known to be right, nobody is sent anywhere."""
        asked = dict(request.query_params)
        if any(len(value) > _LONGEST for value in asked.values()):
            return _told("the request is too long")
        if asked.get("client_id") != self._client_id:
            return _told("no such client is known here")
        redirect_uri = asked.get("redirect_uri", "")
        if not is_loopback(redirect_uri):
            return _told("codes go only to a program on this machine: http://127.0.0.1:<port>/…")
        state = asked.get("state", "")
        if asked.get("response_type") != "code":
            return _sent_back(redirect_uri, state, "unsupported_response_type", "only response_type=code is served")
        challenge = asked.get("code_challenge", "")
        if asked.get("code_challenge_method") != "S256" or len(challenge) != len(challenge_of("")):
            return _sent_back(redirect_uri, state, "invalid_request", "a code_challenge with S256 is needed")
        sign_in = SignIn(self._client_id, redirect_uri, state, asked.get("nonce"), challenge)
        form = pages.chooser(AUTHORIZE, {"ticket": self._grants.ticket(sign_in)})
        return _shown(pages.page("Sign in to Lockstep on this machine", form))

    async def signed_in(self, request: Request) -> Response:
        form = await _form_of(request)
        try:
            sign_in, code = self._grants.code(form.get("ticket", ""), _chosen(form))
        except GrantRefused as refused:
            return _told(refused.description)
        return _redirect(sign_in.redirect_uri, code=code, state=sign_in.state)

    async def token(self, request: Request) -> Response:
        form = await _form_of(request)
        try:
            user, nonce = self._granted(form)
        except GrantRefused as refused:
            body = {"error": refused.error, "error_description": refused.description}
            return JSONResponse(body, status_code=400, headers=_NOT_KEPT)
        return JSONResponse(await self._tokens(user, nonce), headers=_NOT_KEPT)

    def _granted(self, form: dict[str, str]) -> tuple[LocalUser, str | None]:
        if form.get("client_id") != self._client_id:
            raise GrantRefused("invalid_client", "no such client is known here")
        match form.get("grant_type"):
            case "authorization_code":
                return self._grants.exchange(
                    form.get("code", ""),
                    verifier=form.get("code_verifier", ""),
                    client_id=self._client_id,
                    redirect_uri=form.get("redirect_uri", ""),
                )
            case grant if grant == DEVICE_GRANT:
                return self._grants.poll(form.get("device_code", "")), None
        raise GrantRefused("unsupported_grant_type", f"served are authorization_code and {DEVICE_GRANT}")

    async def _tokens(self, user: LocalUser, nonce: str | None) -> dict[str, Any]:
        tenant_id = None if user.operates else await self._tenant_of(user.subject)
        access = self._issuer.issue_to(
            user.subject, tenant_id=tenant_id, email=user.email, operates=user.operates, seconds=TOKEN_SECONDS
        )
        identity = self._issuer.identify(user.subject, email=user.email, nonce=nonce, seconds=TOKEN_SECONDS)
        return {"access_token": access, "id_token": identity, "token_type": "Bearer", "expires_in": TOKEN_SECONDS}

    async def device_authorization(self, request: Request) -> Response:
        if (await _form_of(request)).get("client_id") != self._client_id:
            refused = {"error": "invalid_client", "error_description": "no such client is known here"}
            return JSONResponse(refused, status_code=400, headers=_NOT_KEPT)
        device = self._grants.device()
        shown = _shown_code(device.user_code)
        body: dict[str, str | int] = {
            "device_code": device.device_code,
            "user_code": shown,
            "verification_uri": self._url + DEVICE,
            "verification_uri_complete": f"{self._url}{DEVICE}?{urlencode({'user_code': shown})}",
            "expires_in": DEVICE_SECONDS,
            "interval": device.interval,
        }
        return JSONResponse(body, headers=_NOT_KEPT)

    async def ask_for_device(self, request: Request) -> Response:
        user_code = request.query_params.get("user_code")
        if user_code is None:
            return _shown(pages.page("Let a device in", pages.code_form(DEVICE)))
        try:
            device = self._grants.device_of(user_code[:_LONGEST])
        except GrantRefused as refused:
            return _told(refused.description)
        question = pages.text(
            f"A device shows the code {_shown_code(device.user_code)}. Let it in only if that is yours."
        )
        form = pages.chooser(DEVICE, {"user_code": device.user_code, "ticket": device.ticket}, refusable=True)
        return _shown(pages.page("Let a device in", question, form))

    async def device_decided(self, request: Request) -> Response:
        form = await _form_of(request)
        try:
            user = None if form.get("refuse") else _chosen(form)
            self._grants.decide(form.get("user_code", ""), user, ticket=form.get("ticket", ""))
        except GrantRefused as refused:
            return _told(refused.description)
        code = _shown_code(form.get("user_code", ""))
        said = f"The device that shows {code} is refused."
        if user is not None:
            said = f"The device that shows {code} is let in as {user.email}. You can close this page."
        return _shown(pages.page("Let a device in", pages.text(said)))


def _chosen(form: dict[str, str]) -> LocalUser:
    """An address that was typed goes before one that a button has."""
    return user_of(form.get("other") or form.get("email", ""))


def _shown_code(user_code: str) -> str:
    """As the device shows it, however it was typed."""
    plain = user_code.replace("-", "")
    return f"{plain[:4]}-{plain[4:]}"


async def _form_of(request: Request) -> dict[str, str]:
    """The members of a form; of one that stands twice, or is too long, none, and none of a form that has too many."""
    try:
        sent = parse_qsl((await request.body()).decode("utf-8", "replace"), max_num_fields=20)
    except ValueError:
        return {}
    names = [name for name, _ in sent]
    return {name: value for name, value in sent if names.count(name) == 1 and len(value) <= _LONGEST}


def _shown(html: str, status: int = 200) -> Response:
    return HTMLResponse(html, status_code=status, headers=pages.HEADERS)


def _told(why: str) -> Response:
    return _shown(pages.page("This sign-in cannot go on", pages.text(why)), 400)


def _sent_back(redirect_uri: str, state: str, error: str, description: str) -> Response:
    return _redirect(redirect_uri, error=error, error_description=description, state=state)


def _redirect(uri: str, **members: str) -> Response:
    joint = "&" if "?" in uri else "?"
    return RedirectResponse(f"{uri}{joint}{urlencode(members)}", status_code=303, headers=_NOT_KEPT)
