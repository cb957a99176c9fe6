"""Patterns of whole suffixes are refused, with their place, at each door by which a list of hosts comes in."""

import httpx
import pytest

from fixtures.running.stack import Member

pytestmark = pytest.mark.stack

WIDE = ["api.example.com", "*.me.uk", "*.github.io", "*.in-addr.arpa"]
SAID = "all names that are registered there; name the ones that are meant"


def refused_places(answer: httpx.Response) -> list[str]:
    assert answer.status_code in {400, 422}, answer.text
    faults = answer.json()["errors"]
    assert all(SAID in fault["detail"] for fault in faults)
    return [fault["pointer"] for fault in faults]


def test_of_a_task(member: Member) -> None:
    with member.api() as api:
        answer = api.post("/tasks", json={"name": "wide", "steps": [{"name": "a", "kind": "noop"}], "egress": WIDE})
    assert refused_places(answer) == ["/egress/1", "/egress/2", "/egress/3"]


def test_of_a_tenants_ceiling(member: Member) -> None:
    with member.api() as api:
        places = refused_places(api.put("/egress-policy", json={"hosts": WIDE}))
        assert api.get("/egress-policy").json() == {"hosts": None}
    assert [place.rpartition("/")[2] for place in places] == ["1", "2", "3"]


def test_of_a_secret(member: Member) -> None:
    with member.api() as api:
        places = refused_places(api.put("/secrets/wide", json={"value": "a-token", "hosts": WIDE}))
        assert api.get("/secrets").json()["items"] == []
    assert [place.rpartition("/")[2] for place in places] == ["1", "2", "3"]
