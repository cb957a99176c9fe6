"""Bad input: each kind gets its own problem document, and nothing is written."""

import base64
import hmac
import json
import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from fixtures.api.row_counts import rows_of
from fixtures.running.stack import Member, Stack
from fixtures.tags import version_of

pytestmark = pytest.mark.stack

NOOP = {"name": "only", "kind": "noop"}


@pytest.fixture
def api(member: Member) -> Iterator[httpx.Client]:
    with member.api() as client:
        yield client


def written(member: Member) -> dict[str, int]:
    """How many rows of each kind the tenant has."""
    # The audit is not among them: it tells of refused calls too.
    return rows_of(member, "tasks", "task_versions", "runs", "steps", "outbox", "run_events", "artifacts")


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    body: dict[str, Any] = answer.json()
    assert body["type"] == f"urn:lockstep:problem:{code}"
    assert body["status"] == status
    assert body["detail"]
    return body


def task(**changes: Any) -> dict[str, Any]:
    return {"name": f"task {uuid4()}", "steps": [NOOP], **changes}


DEFINITIONS: dict[str, tuple[dict[str, Any], str, str]] = {
    "unknown key": (task(colour="red"), "/colour", "not known here"),
    "unknown key of a step": (task(steps=[{**NOOP, "kolour": 1}]), "/steps/0/kolour", "not known here"),
    "an address in egress": (task(egress=["10.0.0.1"]), "/egress/0", "not an IP address"),
    "a written-out address in egress": (task(egress=["a.example", "0x7f.0x1"]), "/egress/1", "not an IP address"),
    "a whole suffix in egress": (task(egress=["*.com"]), "/egress/0", "whole suffix"),
    "a country's suffix in egress": (task(egress=["*.co.uk"]), "/egress/0", "all names that are registered there"),
    "an address of a page in egress": (task(egress=["https://a.example/x"]), "/egress/0", "without scheme"),
    "egress as a text": (task(egress="a.example"), "/egress", "a list is needed"),
    "unknown kind": (task(steps=[{"name": "a", "kind": "jump"}]), "/steps/0/kind", "noop, tool, llm, agent"),
    "unknown step": (task(steps=[{**NOOP, "needs": ["nobody"]}]), "/steps/0/needs/0", "nobody"),
    "two of one name": (task(steps=[NOOP, NOOP]), "/steps/1/name", "only"),
    "a cycle": (
        task(
            steps=[
                {"name": "a", "kind": "noop", "needs": ["c"]},
                {"name": "b", "kind": "noop", "needs": ["a"]},
                {"name": "c", "kind": "noop", "needs": ["b"]},
            ]
        ),
        "/steps",
        "a -> b -> c -> a",
    ),
    "no steps": (task(steps=[]), "/steps", "at least 1"),
    "too many steps": (task(steps=[{"name": f"s{n}", "kind": "noop"} for n in range(1001)]), "/steps", "1000"),
    "too long instructions": (
        task(steps=[{"name": "a", "kind": "llm", "prompt": "x", "instructions": "y" * 40_000}]),
        "/steps/0/instructions",
        "32768",
    ),
    "unknown tool": (
        task(steps=[{"name": "a", "kind": "tool", "tool": "code.cobol"}]),
        "/steps/0/tool",
        "code.cobol",
    ),
    "an argument that the tool does not take": (
        task(steps=[{"name": "a", "kind": "tool", "tool": "code.python", "arguments": {"code": "1", "kode": "2"}}]),
        "/steps/0/arguments/kode",
        "takes no",
    ),
    "an argument that is missing": (
        task(steps=[{"name": "a", "kind": "tool", "tool": "code.python"}]),
        "/steps/0/arguments",
        "needs 'code'",
    ),
    "a reference outside the needs": (
        task(steps=[NOOP, {"name": "b", "kind": "llm", "prompt": "${steps.only.output}"}]),
        "/steps/1/prompt",
        "only",
    ),
    "an expression that is none": (
        task(steps=[{"name": "b", "kind": "llm", "prompt": "${input.[}"}]),
        "/steps/0/prompt",
        "JMESPath",
    ),
    **{
        f"an expression with {what}": (
            task(steps=[{"name": "b", "kind": "llm", "prompt": f"${{{expression}}}"}]),
            "/steps/0/prompt",
            said,
        )
        for what, expression, said in (
            ("an index that is too long", f"input.x[{'9' * 5000}]", "5000 digits"),
            ("a negative index that is too long", f"input.x[-{'9' * 5000}]", "5000 digits"),
            ("a slice that is too long", f"input.x[0:{'9' * 5000}]", "5000 digits"),
            ("a slice without a step's length", "input.x[::0]", "step is 0"),
            ("a literal with a key twice", '`{"a":1,"a":2}`', "stands twice"),
        )
    },
    "a name that turns the text around": (task(name="a\u202eb"), "/name", "U+202E"),
    "too many dependencies": (
        task(steps=[{"name": f"s{n}", "kind": "noop", "needs": [f"s{m}" for m in range(n)]} for n in range(150)]),
        "/steps",
        "at most 10000",
    ),
    "money as a float": (task(budget={"cost_usd": 1.5}), "/budget/cost_usd", "as a string"),
    "negative money": (task(budget={"cost_usd": "-1"}), "/budget/cost_usd", "negative"),
    "a time-out over the queue's": (
        task(steps=[{**NOOP, "timeout_seconds": 50_000}]),
        "/steps/0/timeout_seconds",
        "39600",
    ),
}


@pytest.mark.parametrize("case", DEFINITIONS)
def test_a_definition_that_cannot_run_is_refused_with_the_place(api: httpx.Client, member: Member, case: str) -> None:
    document, pointer, said = DEFINITIONS[case]
    before = written(member)
    body = problem(api.post("/tasks", json=document), 422, "invalid_definition")
    assert any(error["pointer"] == pointer and said in error["detail"] for error in body["errors"]), body["errors"]
    assert written(member) == before


BODIES: dict[str, tuple[str, str, int, str, str]] = {
    "malformed JSON": ("application/json", '{"name": "x",\n "steps": [}', 400, "bad_request", "line 2, column 12"),
    "NaN": ("application/json", '{"name": NaN}', 400, "bad_request", "NaN"),
    "malformed YAML": ("application/yaml", "name: x\nsteps: [a: b", 400, "bad_request", "malformed YAML"),
    "a number that is lost in a double": ("application/json", '{"n": 1e-400}', 400, "bad_request", "holds it as 0"),
    "a line's end to some": ("application/yaml", "a: 'x\u0085y'", 422, "invalid_definition", "line 1, column 6"),
    "a tag that names nothing": ("application/yaml", "name: ! y6", 422, "invalid_definition", "tag"),
    "YAML aliases": ("application/yaml", "name: &n x\nsteps: [*n]", 400, "bad_request", "aliases"),
    "an empty body": ("application/json", " ", 400, "bad_request", "empty"),
    "another type": ("text/html", "<p>", 415, "unsupported_media_type", "text/html"),
    "not an object": ("application/json", "[]", 422, "invalid_definition", "object"),
    "a body over the limit": ("application/json", " " * 1_100_000 + "{}", 413, "payload_too_large", "1048576"),
}


@pytest.mark.parametrize("case", BODIES)
def test_a_body_that_cannot_be_read_is_refused(api: httpx.Client, member: Member, case: str) -> None:
    content_type, content, status, code, said = BODIES[case]
    before = written(member)
    answer = api.post("/tasks", content=content, headers={"content-type": content_type})
    assert said in problem(answer, status, code)["detail"]
    assert written(member) == before


def test_a_chunked_body_over_the_limit_is_cut_off(api: httpx.Client, member: Member) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(40):
            yield b" " * 65_536

    answer = api.post("/tasks", content=chunks(), headers={"content-type": "application/json"})
    problem(answer, 413, "payload_too_large")


def test_yaml_makes_the_same_task_as_json(api: httpx.Client) -> None:
    text = "name: from yaml\nbudget: {cost_usd: '0.5'}\nsteps:\n  - {name: only, kind: noop}\n"
    made = api.post("/tasks", content=text, headers={"content-type": "application/yaml"})
    assert made.status_code == 201, made.text
    assert made.json()["definition"]["budget"] == {"tokens": None, "cost_usd": "0.5"}
    assert version_of(made) == '"1"'


Forge = Callable[[Stack, Member], str | None]


def _signed(member: Member, key: Any, header: dict[str, Any], **changes: Any) -> str:
    now = int(time.time())
    issuer = member.stack.issuer()
    claims = {
        "iss": issuer._issuer,
        "sub": member.subject,
        "client_id": issuer._client_id,
        "token_use": "access",
        "custom:tenant_id": str(member.tenant_id),
        "iat": now,
        "exp": now + 600,
        **changes,
    }
    return jwt.encode(header, claims, key, algorithms=[header["alg"]])


def _own(member: Member, **changes: Any) -> str:
    key = member.stack.issuer()._key
    return _signed(member, key, {"alg": "RS256", "kid": key.kid}, **changes)


def _alg_none(_: Stack, member: Member) -> str:
    head, body, _signature = member.token.split(".")
    none = _encoded(json.dumps({"alg": "none", "typ": "JWT"}).encode())
    assert head != none
    return f"{none}.{body}."


def _stranger_s_key(_: Stack, member: Member) -> str:
    kid = str(member.stack.issuer()._key.kid)
    return _signed(member, RSAKey.generate_key(2048, {"kid": kid}), {"alg": "RS256", "kid": kid})


def _public_key_as_secret(_: Stack, member: Member) -> str:
    """RS256's public key used as HS256's secret: the classic confusion."""
    key = member.stack.issuer()._key
    head = _encoded(json.dumps({"alg": "HS256", "kid": key.kid, "typ": "JWT"}).encode())
    body = _own(member).split(".")[1]
    signature = hmac.new(key.as_pem(private=False), f"{head}.{body}".encode(), "sha256").digest()
    return f"{head}.{body}.{_encoded(signature)}"


def _encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def _tampered(_: Stack, member: Member) -> str:
    head, body, signature = member.token.split(".")
    return f"{head}.{body[:-4]}AAAA.{signature}"


def _headed(value: str) -> Forge:
    return lambda _s, _m: f"{_encoded(value.encode())}.e30.c2ln"


TOKENS: dict[str, Forge] = {
    "a header that is a list": _headed("[]"),
    "a header nested very deep": _headed("[" * 5000),
    "a header of a number": _headed("1"),
    "letters outside ASCII": lambda _s, _m: "\xe9.\xfc.\xf1",
    "a tenant that is no id": lambda _s, m: _own(m, **{"custom:tenant_id": {"a": []}}),
    "a subject that cannot be stored": lambda _s, m: _own(m, sub="a\0b"),
    "issued in two minutes": lambda _s, m: _own(m, iat=int(time.time()) + 120),
    "not valid before in two minutes": lambda _s, m: _own(m, nbf=int(time.time()) + 120),
    "expired two minutes ago": lambda _s, m: _own(m, exp=int(time.time()) - 120),
    "none at all": lambda _s, _m: None,
    "garbage": lambda _s, _m: "garbage",
    "expired": lambda _s, m: m.stack.issuer().issue(subject=m.subject, tenant_id=m.tenant_id, seconds=60, now=1_000),
    "alg none": _alg_none,
    "another's key": _stranger_s_key,
    "the public key as a secret": _public_key_as_secret,
    "another issuer": lambda _s, m: _own(m, iss="http://elsewhere"),
    "another client": lambda _s, m: _own(m, client_id="elsewhere"),
    "an id token": lambda _s, m: _own(m, token_use="id"),
    "a tampered body": lambda _s, m: ".".join(
        [m.token.split(".")[0], m.token.split(".")[1][:-4] + "AAAA", m.token.split(".")[2]]
    ),
    "an unknown key": lambda _s, _m: "lsk_" + "0" * 64,
}


@pytest.mark.parametrize("case", TOKENS)
def test_a_credential_that_proves_nothing_is_refused(stack: Stack, member: Member, case: str) -> None:
    token = TOKENS[case](stack, member)
    headers = {} if token is None else {b"authorization": f"Bearer {token}".encode("latin-1")}
    before = written(member)
    answer = httpx.post(f"{stack['LOCKSTEP_API_URL']}/api/v1/tasks", json=task(), headers=headers)
    problem(answer, 401, "unauthenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert written(member) == before


def test_a_token_of_a_person_who_is_no_member_of_its_tenant_opens_nothing(stack: Stack, member: Member) -> None:
    token = _own(member, **{"custom:tenant_id": str(uuid4())})
    before = written(member)
    headers = {"authorization": f"Bearer {token}"}
    answer = httpx.post(f"{stack['LOCKSTEP_API_URL']}/api/v1/tasks", json=task(), headers=headers)
    problem(answer, 403, "not_a_member")
    assert written(member) == before


def test_a_stale_if_match_writes_nothing(api: httpx.Client, member: Member) -> None:
    made = api.post("/tasks", json=task()).json()
    assert api.patch(f"/tasks/{made['id']}", json=task(), headers={"If-Match": '"1"'}).json()["version"] == 2
    before = written(member)
    problem(api.patch(f"/tasks/{made['id']}", json=task(), headers={"If-Match": '"1"'}), 412, "version_mismatch")
    problem(api.patch(f"/tasks/{made['id']}", json=task()), 428, "version_required")
    assert written(member) == before
    assert api.get(f"/tasks/{made['id']}", params={"version": 1}).json()["name"] == made["name"]


@pytest.mark.parametrize(
    "sent", [[b"a", b"a"], [b"a", b"b"], [b"a\tb"], [b"a\xffb"], ["é".encode()], [b""], [b"k" * 256]]
)
def test_an_idempotency_key_that_is_not_one_plain_text_is_refused(
    api: httpx.Client, member: Member, sent: list[bytes]
) -> None:
    made = api.post("/tasks", json=task()).json()
    headers = [(b"Idempotency-Key", key) for key in sent]
    answer = api.post("/runs", json={"task_id": made["id"]}, headers=headers)
    body = problem(answer, 400, "bad_request")
    assert [fault["pointer"] for fault in body["errors"]] == ["/header/idempotency-key"]
    assert written(member)["runs"] == 0


def test_an_idempotency_key_starts_one_run_and_refuses_another_request(api: httpx.Client, member: Member) -> None:
    made = api.post("/tasks", json=task()).json()
    key = {"Idempotency-Key": str(uuid4())}
    first = api.post("/runs", json={"task_id": made["id"]}, headers=key)
    again = api.post("/runs", json={"task_id": made["id"]}, headers=key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    other = api.post("/runs", json={"task_id": made["id"], "input": {"x": 1}}, headers=key)
    problem(other, 422, "idempotency_key_reused")
    assert written(member)["runs"] == 1


@pytest.mark.parametrize(
    "path", ["/tasks/{id}", "/runs/{id}", "/runs/{id}/steps", "/runs/{id}/explain", "/artifacts/{id}"]
)
def test_what_does_not_exist_is_not_found(api: httpx.Client, path: str) -> None:
    problem(api.get(path.format(id=uuid4())), 404, "not_found")


def test_a_cursor_of_somebody_else_s_making_is_refused(api: httpx.Client) -> None:
    problem(api.get("/runs", params={"cursor": "AAAA"}), 400, "invalid_cursor")


@pytest.mark.parametrize(("claim", "seconds"), [("iat", 1), ("iat", 50), ("nbf", 50), ("exp", -50)])
def test_a_clock_that_differs_by_less_than_a_minute_refuses_nobody(member: Member, claim: str, seconds: int) -> None:
    token = _own(member, **{claim: int(time.time()) + seconds})
    url = f"{member.stack['LOCKSTEP_API_URL']}/api/v1/runs"
    assert httpx.get(url, headers={"authorization": f"Bearer {token}"}).status_code == 200


def test_a_path_with_a_slash_more_leads_nowhere(api: httpx.Client) -> None:
    problem(api.get("/runs/"), 404, "not_found")


def test_head_and_allow_are_those_of_the_resource(api: httpx.Client) -> None:
    assert api.head("/runs").status_code == 200
    assert api.head("/runs").content == b""
    refused = api.put("/runs")
    problem(refused, 405, "method_not_allowed")
    assert refused.headers["allow"] == "GET, HEAD, POST"
