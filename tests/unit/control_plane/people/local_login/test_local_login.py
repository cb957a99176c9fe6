"""Signing in on this machine: codes used once and bound to their verifier, and devices that somebody lets in."""

import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from joserfc.jwk import RSAKey

from control_plane.identity.tokens import LocalIssuer, UserTokenVerifier
from control_plane.people.local_login.grants import (
    CODE_SECONDS,
    GrantRefused,
    Grants,
    SignIn,
    challenge_of,
    is_loopback,
)
from control_plane.people.local_login.routes import DEVICE_GRANT, local_login
from control_plane.people.local_login.users import user_of
from foundation.domain.errors import Unauthenticated
from foundation.domain.ids import TenantId

URL, CLIENT, TENANT = "http://127.0.0.1:8080", "lockstep-local", TenantId(UUID(int=7))
KEY = RSAKey.generate_key(2048, parameters={"kid": "first"})
ISSUER = LocalIssuer(KEY.as_dict(private=True), issuer=URL, client_id=CLIENT)
BACK, VERIFIER = "http://127.0.0.1:8400/callback", "v" * 64
ASKED = {
    "response_type": "code",
    "client_id": CLIENT,
    "redirect_uri": BACK,
    "state": "s1",
    "nonce": "n1",
    "scope": "openid email",
    "code_challenge": challenge_of(VERIFIER),
    "code_challenge_method": "S256",
}


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    async def tenant_of(subject: str) -> TenantId | None:
        return TENANT if subject == "sample-owner" else None

    app = FastAPI()
    app.include_router(local_login(ISSUER, url=URL, client_id=CLIENT, tenant_of=tenant_of))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=URL) as client:
        yield client


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, page
    return found[1]


async def code_for(browser: httpx.AsyncClient, email: str, **changes: str) -> str:
    page = await browser.get("/oauth2/authorize", params={**ASKED, **changes})
    assert page.status_code == 200, page.text
    assert page.headers["cache-control"] == "no-store"
    sent = await browser.post("/oauth2/authorize", data={"ticket": hidden(page.text, "ticket"), "email": email})
    assert sent.status_code == 303, sent.text
    back = urlsplit(sent.headers["location"])
    members = parse_qs(back.query)
    assert (f"{back.scheme}://{back.netloc}{back.path}", members["state"]) == (BACK, ["s1"])
    return members["code"][0]


async def exchanged(browser: httpx.AsyncClient, code: str, **changes: str) -> httpx.Response:
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER, "client_id": CLIENT}
    return await browser.post("/oauth2/token", data={**form, "redirect_uri": BACK, **changes})


async def verified(token: str) -> Any:
    async def keys() -> dict[str, Any]:
        return ISSUER.jwks()

    return await UserTokenVerifier(keys, issuer=URL, client_id=CLIENT).verify(token)


@pytest.mark.parametrize(
    ("email", "subject", "tenant", "operates"),
    [
        ("sample-owner@example.com", "sample-owner", TENANT, False),
        ("ann@example.com", "local-ann@example.com", None, False),
        ("New@example.com", "local-new@example.com", None, False),
        ("sample-operator@example.com", "sample-operator", None, True),
    ],
)
async def test_whoever_is_chosen_gets_a_token_that_the_api_takes(
    browser: httpx.AsyncClient, email: str, subject: str, tenant: TenantId | None, *, operates: bool
) -> None:
    answer = await exchanged(browser, await code_for(browser, email))
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    claims = await verified(answer.json()["access_token"])
    found = (claims.subject, claims.tenant_id, claims.operates, claims.verified_email)
    assert found == (subject, tenant, operates, email.lower())
    with pytest.raises(Unauthenticated):
        await verified(answer.json()["id_token"])


async def test_a_code_is_taken_once_and_only_with_its_verifier_client_and_address(
    browser: httpx.AsyncClient,
) -> None:
    code = await code_for(browser, "ann@example.com")
    assert (await exchanged(browser, code)).status_code == 200
    assert (await exchanged(browser, code)).json()["error"] == "invalid_grant"
    for changes in ({"code_verifier": "w" * 64}, {"redirect_uri": BACK + "2"}):
        code = await code_for(browser, "ann@example.com")
        assert (await exchanged(browser, code, **changes)).json()["error"] == "invalid_grant"
        assert (await exchanged(browser, code)).json()["error"] == "invalid_grant", "a wrong try uses the code up"
    assert (await exchanged(browser, "x", client_id="other")).json()["error"] == "invalid_client"
    assert (await exchanged(browser, "x", grant_type="password")).json()["error"] == "unsupported_grant_type"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"client_id": "other"}, "no such client"),
        ({"redirect_uri": "https://evil.example/cb"}, "a program on this machine"),
        ({"redirect_uri": "http://127.0.0.1.evil.example:80/"}, "a program on this machine"),
        ({"redirect_uri": "http://127.0.0.1:8400@evil.example:80/"}, "a program on this machine"),
        ({"redirect_uri": "http://127.0.0.1/"}, "a program on this machine"),
        ({"redirect_uri": "javascript:alert(1)"}, "a program on this machine"),
        ({"state": "x" * 600}, "too long"),
    ],
)
async def test_nobody_is_sent_to_an_address_that_is_not_known_to_be_right(
    browser: httpx.AsyncClient, changes: dict[str, str], said: str
) -> None:
    answer = await browser.get("/oauth2/authorize", params={**ASKED, **changes})
    assert (answer.status_code, said in answer.text) == (400, True)
    assert "location" not in answer.headers


@pytest.mark.parametrize(
    "changes", [{"response_type": "token"}, {"code_challenge_method": "plain"}, {"code_challenge": "short"}]
)
async def test_a_program_that_asks_for_less_is_told_at_its_own_address(
    browser: httpx.AsyncClient, changes: dict[str, str]
) -> None:
    answer = await browser.get("/oauth2/authorize", params={**ASKED, **changes})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"{BACK}?error=")


async def test_a_form_that_no_page_of_ours_has_signs_nobody_in(browser: httpx.AsyncClient) -> None:
    for form in ({"email": "ann@example.com"}, {"ticket": "made-up", "email": "ann@example.com"}):
        assert (await browser.post("/oauth2/authorize", data=form)).status_code == 400


async def test_a_form_of_too_many_members_is_one_without_any(browser: httpx.AsyncClient) -> None:
    for path in ("/oauth2/authorize", "/oauth2/token", "/oauth2/device_authorization", "/oauth2/device"):
        answer = await browser.post(path, content="&".join(f"a{n}=1" for n in range(50)))
        assert answer.status_code == 400, path


async def test_what_is_sent_is_shown_as_text(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/oauth2/device", params={"user_code": "<script>alert(1)</script>"})
    assert "<script" not in page.text
    assert "script-src" not in page.headers["content-security-policy"]


async def test_a_device_is_let_in_by_somebody_who_sees_its_code(browser: httpx.AsyncClient) -> None:
    asked = (await browser.post("/oauth2/device_authorization", data={"client_id": CLIENT})).json()
    poll = {"grant_type": DEVICE_GRANT, "client_id": CLIENT, "device_code": asked["device_code"]}
    assert (await browser.post("/oauth2/token", data=poll)).json()["error"] == "authorization_pending"
    assert (await browser.post("/oauth2/token", data=poll)).json()["error"] == "slow_down"
    page = await browser.get(asked["verification_uri_complete"])
    form = {name: hidden(page.text, name) for name in ("user_code", "ticket")}
    forged = await browser.post("/oauth2/device", data={**form, "ticket": "x", "email": "ann@example.com"})
    assert forged.status_code == 400
    let_in = await browser.post("/oauth2/device", data={**form, "email": "sample-owner@example.com"})
    assert f"The device that shows {asked['user_code']} is let in as sample-owner@example.com." in let_in.text
    assert asked["user_code"] in page.text, "as the device shows it"
    answer = await browser.post("/oauth2/token", data=poll)
    assert (await verified(answer.json()["access_token"])).tenant_id == TENANT
    assert (await browser.post("/oauth2/token", data=poll)).json()["error"] == "expired_token"
    assert (await browser.get(asked["verification_uri_complete"])).status_code == 400


def on_enter(page: str, typed: str) -> dict[str, str]:
    """What a browser sends when Enter is pressed in the field: the form, by its first button (HTML, 4.10.21.2)."""
    [form] = [one for one in re.findall(r"<form.*?</form>", page) if 'name="other"' in one]
    sent = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form))
    [button, *_] = re.findall(r"<button[^>]*>", form)
    if (named := re.search(r'name="([^"]*)"', button)) is not None:
        value = re.search(r'value="([^"]*)"', button)
        sent[named[1]] = value[1] if value else ""
    return {**sent, "other": typed}


async def test_enter_takes_the_address_that_was_typed(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/oauth2/authorize", params=ASKED)
    sent = await browser.post("/oauth2/authorize", data=on_enter(page.text, "new@example.com"))
    code = parse_qs(urlsplit(sent.headers["location"]).query)["code"][0]
    claims = await verified((await exchanged(browser, code)).json()["access_token"])
    assert claims.verified_email == "new@example.com"
    asked = (await browser.post("/oauth2/device_authorization", data={"client_id": CLIENT})).json()
    page = await browser.get(asked["verification_uri_complete"])
    told = await browser.post("/oauth2/device", data=on_enter(page.text, "new@example.com"))
    assert "let in as new@example.com" in told.text


async def test_what_was_typed_goes_before_a_button(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/oauth2/authorize", params=ASKED)
    form = {"ticket": hidden(page.text, "ticket"), "email": "sample-owner@example.com", "other": "new@example.com"}
    code = parse_qs(urlsplit((await browser.post("/oauth2/authorize", data=form)).headers["location"]).query)["code"][0]
    claims = await verified((await exchanged(browser, code)).json()["access_token"])
    assert claims.verified_email == "new@example.com"


async def test_a_device_that_is_refused_is_told_so(browser: httpx.AsyncClient) -> None:
    asked = (await browser.post("/oauth2/device_authorization", data={"client_id": CLIENT})).json()
    page = await browser.get("/oauth2/device", params={"user_code": asked["user_code"].lower()})
    form = {name: hidden(page.text, name) for name in ("user_code", "ticket")}
    assert "refused" in (await browser.post("/oauth2/device", data={**form, "refuse": "yes"})).text
    poll = {"grant_type": DEVICE_GRANT, "client_id": CLIENT, "device_code": asked["device_code"]}
    assert (await browser.post("/oauth2/token", data=poll)).json()["error"] == "access_denied"


async def test_the_document_names_what_is_served(browser: httpx.AsyncClient) -> None:
    document = (await browser.get("/.well-known/openid-configuration")).json()
    assert document["issuer"] == URL
    assert document["code_challenge_methods_supported"] == ["S256"]
    for name in ("authorization_endpoint", "device_authorization_endpoint", "token_endpoint"):
        path = document[name].removeprefix(URL)
        assert (await browser.request("GET" if "authorize" in path else "POST", path)).status_code == 400


def test_codes_and_devices_die_soon_and_wrong_codes_are_few() -> None:
    clock = Clock()
    grants = Grants(clock)
    ticket = grants.ticket(SignIn(CLIENT, BACK, "s", None, challenge_of(VERIFIER)))
    _, code = grants.code(ticket, user_of("ann@example.com"))
    clock.now += CODE_SECONDS + 1
    with pytest.raises(GrantRefused, match="too old"):
        grants.exchange(code, verifier=VERIFIER, client_id=CLIENT, redirect_uri=BACK)
    device = grants.device()
    for _ in range(10):
        with pytest.raises(GrantRefused, match="no device waits"):
            grants.device_of("AAAA-AAAA")
    with pytest.raises(GrantRefused, match="too many wrong codes"):
        grants.device_of(device.user_code)
    clock.now += 61
    assert grants.device_of(device.user_code) is device
    clock.now += 600
    with pytest.raises(GrantRefused, match="no device waits"):
        grants.device_of(device.user_code)
    with pytest.raises(GrantRefused, match="begin again"):
        grants.poll(device.device_code)


@pytest.mark.parametrize("uri", ["http://localhost:1/x?y=z", "http://[::1]:8400/", "http://127.0.0.1:8400"])
def test_programs_on_this_machine_may_wait_at_any_port(uri: str) -> None:
    assert is_loopback(uri)


@pytest.mark.parametrize("email", ["", "a", "a@b@c", "a b@example.com", "x" * 80 + "@example.com"])
def test_what_is_no_address_signs_nobody_in(email: str) -> None:
    with pytest.raises(GrantRefused):
        user_of(email)
