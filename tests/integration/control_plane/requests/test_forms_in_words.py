"""A path, header or parameter in the wrong form is told in words which form is needed, wherever there is one."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from control_plane.integrations.triggers.signed_calls import SignedCall, read_call
from control_plane.requests.etags import Conditions, expected_version
from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.problems import problem
from fixtures.api.unopened_apps import unopened_api
from fixtures.gateways.gateway import Tenant
from foundation.contracts.accepted.sentences import sentence_of_error
from foundation.domain.errors import BadRequest
from foundation.domain.ids import new_uuid

_WORDLESS = sentence_of_error({"type": "no such kind of error", "loc": ()})
_WRONG = ("é", "")
"""Of which one is in none of the forms."""
_NEEDS = re.compile(r"\b(as in|such as|is needed|has|have|is|are)\b")


BY_A_RULE: dict[str, Callable[[str], object]] = {
    "if-match": lambda wrong: expected_version(Conditions(if_match=wrong)),
    "if-none-match": lambda wrong: expected_version(Conditions(if_none_match=wrong)),
    "webhook-id": lambda wrong: called({"webhook-id": wrong}),
    "webhook-timestamp": lambda wrong: called({"webhook-timestamp": wrong}),
    "webhook-signature": lambda wrong: called({"webhook-signature": wrong}),
}
"""Headers that are read by a rule of their own once the rest of the call is in order."""


def called(wrong: dict[str, str]) -> SignedCall:
    now = datetime.now(UTC)
    right = {"webhook-id": "m", "webhook-timestamp": str(int(now.timestamp())), "webhook-signature": "v1,AAAA"}
    return read_call({**right, **wrong}, b"{}", now=now)


def formed() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each parameter of each operation that has to be in a form."""
    for path, operations in unopened_api().openapi()["paths"].items():
        for method, operation in operations.items():
            for parameter in operation.get("parameters", ()):
                if "pattern" in parameter["schema"]:
                    yield method, path, parameter


FORMED = [one for one in formed() if one[2]["name"] not in BY_A_RULE]


async def refused(client: httpx.AsyncClient, method: str, path: str, parameter: dict[str, Any]) -> httpx.Response:
    """The answer to a call with this one value in the wrong form."""
    name, pattern = parameter["name"], parameter["schema"]["pattern"]
    wrong = next(value for value in _WRONG if not re.fullmatch(pattern, value))
    given = {name: quote(wrong)} if parameter["in"] == "path" else {}
    filled = re.sub(r"\{(\w+)\}", lambda found: given.get(found[1], str(new_uuid())), path)
    return await client.request(
        method,
        filled.removeprefix("/api/v1"),
        params={name: wrong} if parameter["in"] == "query" else {},
        headers={name: wrong.encode("latin-1")} if parameter["in"] == "header" else {},
        json={} if method in ("post", "put", "patch") else None,
    )


@pytest.mark.parametrize(
    ("method", "path", "parameter"), FORMED, ids=[f"{method} {path} {one['name']}" for method, path, one in FORMED]
)
async def test_what_is_in_the_wrong_form_is_told_the_form(
    lonely_api: ApiInProcess, tenant: Tenant, method: str, path: str, parameter: dict[str, Any]
) -> None:
    async with lonely_api.caller(tenant) as owner, lonely_api.operator() as operator:
        answer = await refused(owner, method, path, parameter)
        if answer.status_code == 403:
            answer = await refused(operator, method, path, parameter)
    told = problem(answer, 400, "bad_request")
    of_it = [fault["detail"] for fault in told["errors"] if fault["pointer"].endswith(f"/{parameter['name']}")]
    assert len(of_it) == 1, told
    assert of_it[0] != _WORDLESS
    assert parameter["schema"]["pattern"].strip("^$") not in of_it[0], "an expression is no sentence"
    assert _NEEDS.search(of_it[0]), of_it[0]


@pytest.mark.parametrize("name", BY_A_RULE)
def test_what_a_rule_of_its_own_reads_is_told_the_form_too(name: str) -> None:
    assert name in {parameter["name"] for _, _, parameter in formed()}
    with pytest.raises(BadRequest) as refused:
        BY_A_RULE[name]("v1,é")
    [fault] = refused.value.faults
    assert fault.pointer == f"/header/{name}"
    assert _NEEDS.search(fault.detail), fault.detail


async def test_a_month_is_told_as_one_is_written(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    async with lonely_api.caller(tenant) as owner:
        told = problem(await owner.get("/statements/2026-13"), 400, "bad_request")
    assert told["errors"] == [{"pointer": "/path/month", "detail": "a month is needed, as in 2026-11"}]
    assert told["detail"] == "/path/month: a month is needed, as in 2026-11"
