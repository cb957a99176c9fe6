"""Who pays for a run: who has asked for it, key and user, and from a retry on whoever has retried it."""

from typing import Any

import httpx
import pytest

from fixtures.running.stack import Member, Stack, new_member

pytestmark = pytest.mark.stack

MODEL = {"name": "asks", "kind": "llm", "prompt": "Say hello", "max_tokens": 20}
FAILS = {"name": "fails", "kind": "tool", "tool": "code.python", "arguments": {"code": "raise SystemExit(3)"}}


def a_key(member: Member) -> dict[str, Any]:
    with member.api() as api:
        made = api.post("/api-keys", json={"name": "of a program", "scopes": ["api", "gateway"]})
    assert made.status_code == 201, made.text
    return dict(made.json())


def by(member: Member, credential: str) -> Member:
    return Member(member.stack, member.tenant_id, member.user_id, member.subject, credential)


def admits_nothing(member: Member, scope: str, scope_id: str) -> None:
    with member.api() as api:
        api.put(f"/budgets/{scope}/{scope_id}/total", json={"limit_tokens": 0}).raise_for_status()


def usage(member: Member, dimension: str) -> dict[str | None, int]:
    """The attempts by the values of this dimension."""
    with member.api() as api:
        rows = api.get("/usage", params={"group_by": dimension}).raise_for_status().json()["items"]
    return {row["group"][dimension]: row["attempts"] for row in rows}


def paused_by_budget(member: Member, run_id: str) -> bool:
    """Whether the run stands still as its payer has nothing left."""
    run = member.until(lambda: one if (one := member.run(run_id))["status"] not in ("PENDING", "RUNNING") else None)
    assert run is not None
    return (run["status"], run["pause_reason"]) == ("PAUSED", "budget")


def retried(member: Member, run_id: str, *steps: str) -> httpx.Response:
    with member.api() as api:
        return api.post(f"/runs/{run_id}/retry", json={"from": list(steps)})


def test_the_budget_of_a_key_holds_for_the_runs_that_are_started_with_it(member: Member) -> None:
    key = a_key(member)
    program = by(member, key["key"])
    ended = program.ended(program.start({"steps": [MODEL]})["id"])
    assert ended["status"] == "COMPLETED", ended
    assert member.until(lambda: usage(member, "api_key") == {key["id"]: 1}), usage(member, "api_key")
    admits_nothing(member, "key", key["id"])
    # a gateway reads budgets anew every five seconds, and a refusal of it is what shows that it has
    spent = member.until(lambda: paused_by_budget(member, program.start({"steps": [MODEL]})["id"]))
    assert spent
    own = member.ended(member.start({"steps": [MODEL]})["id"])
    assert own["status"] == "COMPLETED", "a run that nobody's key has asked for is none of the key's"


def test_who_retries_a_run_pays_for_what_it_costs_from_then_on(stack: Stack, member: Member) -> None:
    other = new_member(stack, role="member", tenant_id=member.tenant_id)
    run = member.ended(member.start({"steps": [MODEL, {**FAILS, "needs": ["asks"]}]})["id"])
    assert run["status"] == "FAILED", run
    assert member.until(lambda: usage(member, "user") == {str(member.user_id): 1})
    assert retried(other, run["id"], "asks").status_code == 200
    assert member.ended(run["id"])["status"] == "FAILED"
    both = {str(member.user_id): 1, str(other.user_id): 1}
    assert member.until(lambda: usage(member, "user") == both), usage(member, "user")
    assert member.run(run["id"])["started_by"] == f"user:{member.user_id}"
    admits_nothing(member, "user", str(other.user_id))
    assert member.until(lambda: paused_by_budget(other, other.start({"steps": [MODEL]})["id"]))
    assert retried(other, run["id"], "asks").status_code == 200
    assert paused_by_budget(member, run["id"]), "whoever may spend nothing spends nothing of another's"
    assert usage(member, "user")[str(member.user_id)] == 1
