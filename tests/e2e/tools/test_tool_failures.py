"""A step whose tool says why it failed fails with that, whether it is one call or one of many."""

from typing import Any

import pytest

from fixtures.running.stack import Member

pytestmark = pytest.mark.stack

READ = {"kind": "tool", "tool": "files", "arguments": {"action": "read", "path": "none.txt"}}
DETAIL = "files says: there is no 'none.txt'; list shows what there is"


def failed(member: Member, **step: Any) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    definition = {"steps": [{"name": "look", **READ, **step}]}
    run = member.ended(member.start(definition, input={"paths": ["none.txt"]})["id"])
    assert run["status"] == "FAILED"
    return run, member.steps(run["id"])


def test_the_step_has_the_code_and_the_words_of_its_tool(member: Member) -> None:
    _, steps = failed(member)
    error, output = steps["look"]["error"], steps["look"]["output"]
    assert (error["code"], error["detail"], error["retryable"]) == ("not_found", DETAIL, False)
    assert (output["reason"], output["detail"]) == ("not_found", DETAIL)
    assert output["result"]["error"]["code"] == "not_found"


def test_an_item_has_them_too(member: Member) -> None:
    run, _ = failed(member, foreach="${input.paths}", arguments={"action": "read", "path": "${item}"})
    [cause] = run["error"]["failures"]
    assert (cause["code"], cause["causes"][0]["code"], cause["causes"][0]["detail"]) == (
        "items_failed",
        "not_found",
        DETAIL,
    )


def test_a_definition_still_names_them_by_the_reason_of_the_job(member: Member) -> None:
    _, steps = failed(member, retry={"attempts": 2, "on": ["exit_code"]})
    assert (steps["look"]["attempt"], steps["look"]["error"]["code"]) == (2, "not_found")
