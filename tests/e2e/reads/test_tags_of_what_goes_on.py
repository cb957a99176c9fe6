"""Whoever polls with a tag is told of all that happens by itself: how a run goes, and what is left of a budget."""

from typing import Any

import httpx
import pytest

from fixtures.running.stack import Member
from fixtures.tags import version_of

pytestmark = pytest.mark.stack

ASKS = {
    "steps": [
        {"name": "say", "kind": "llm", "prompt": "How many penguins are there?"},
        {
            "name": "wait",
            "kind": "tool",
            "needs": ["say"],
            "tool": "code.python",
            "arguments": {"code": "import time; time.sleep(2)"},
        },
    ]
}


def test_a_tag_of_a_run_is_good_for_one_sight_of_it(member: Member) -> None:
    seen: dict[str, Any] = {}
    path = f"/runs/{member.start(ASKS)['id']}"
    with member.api() as api:

        def look() -> bool:
            latest = list(seen)[-1] if seen else '"none"'
            answer = api.get(path, headers={"If-None-Match": latest})
            shown = seen[latest] if answer.status_code == 304 else answer.json()
            assert answer.status_code == 304 or answer.headers["etag"] not in seen
            seen[answer.headers["etag"]] = shown
            return bool(shown["usage"]["final"])

        Member.until(look, seconds=120)
        assert api.get(path).json() == list(seen.values())[-1]
    assert len(seen) == len({str(shown) for shown in seen.values()})
    assert {shown["status"] for shown in seen.values()} >= {"COMPLETED"}
    of_versions: dict[int, int] = {}
    for shown in seen.values():
        of_versions[shown["version"]] = of_versions.get(shown["version"], 0) + 1
    assert max(of_versions.values()) > 1, "the version alone would have told of less"


def test_a_tag_of_a_budget_is_another_one_when_something_was_spent(member: Member) -> None:
    path = f"/budgets/tenant/{member.tenant_id}/day"
    with member.api() as api:
        assert api.put(path, json={"cost_usd": "100"}).status_code == 201
        before = api.get(path)
        assert api.get(path, headers={"If-None-Match": before.headers["etag"]}).status_code == 304
        member.ended(member.start(ASKS)["id"])

        def spent() -> httpx.Response | None:
            answer = api.get(path, headers={"If-None-Match": before.headers["etag"]})
            return answer if answer.status_code == 200 and answer.json()["now"]["committed"]["tokens"] else None

        after = Member.until(spent)
        assert version_of(after) == version_of(before)
        assert api.put(path, json={"cost_usd": "90"}, headers={"If-Match": before.headers["etag"]}).status_code == 200
