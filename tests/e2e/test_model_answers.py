"""What a model says is input like any other: it is kept as it was said, or its step says at once why it is not."""

import json
from typing import Any

import pytest

from fixtures.running.stack import Member

pytestmark = pytest.mark.stack


def asked(member: Member, answer: str, *, max_tokens: int) -> dict[str, Any]:
    """The one step of a run whose model says this text, cut after so many tokens, and the run's page afterwards."""
    stats = {"rows": 1, "groups": [{"species": "A", "sex": "m", "means": {"body_mass_g": 1}}]}
    prompt = json.dumps({"explored": answer, "stats": stats, "chart": "c"})
    step = {"name": "a", "kind": "llm", "model": "penguins-summary", "max_tokens": max_tokens, "prompt": prompt}
    run = member.ended(member.start({"steps": [step]})["id"])
    with member.api() as api:
        for path in ("/runs", "/runs?limit=1", f"/runs/{run['id']}", f"/runs/{run['id']}/steps"):
            assert api.get(path).status_code == 200, path
    return dict(member.steps(run["id"])["a"])


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity"])
def test_a_text_that_is_no_json_number_is_kept_as_text_without_data(member: Member, text: str) -> None:
    step = asked(member, f"{text} ", max_tokens=1 if text == "NaN" else 3)
    assert (step["status"], step["attempt"]) == ("SUCCESS", 1)
    assert step["output"]["text"].startswith(text[:3])
    assert step["output"]["data"] is None


def test_a_text_nested_beyond_what_may_be_stored_is_kept_as_text_and_says_why_it_has_no_data(member: Member) -> None:
    step = asked(member, "[" * 300 + "]" * 300, max_tokens=150)
    assert step["status"] == "SUCCESS"
    assert step["output"]["text"].startswith("[[[")
    assert step["output"]["data"] is None
    assert "nested deeper" in step["output"]["data_error"]


def test_an_answer_that_max_tokens_cut_is_not_told_as_a_whole_one(member: Member) -> None:
    cut, whole = asked(member, "a b c d e f g h " * 20, max_tokens=3), asked(member, "a", max_tokens=500)
    assert (cut["status"], cut["output"]["finish_reason"]) == ("SUCCESS", "length")
    assert (whole["status"], whole["output"]["finish_reason"]) == ("SUCCESS", "stop")


def test_an_agent_tells_as_well_whether_its_answer_is_whole(member: Member) -> None:
    agent = {"kind": "agent", "instructions": "Tell a story.", "prompt": "Begin."}
    steps = [{"name": "cut", "max_tokens": 2, **agent}, {"name": "whole", **agent}]
    run = member.ended(member.start({"steps": steps})["id"])
    told = {name: step["output"]["finish_reason"] for name, step in member.steps(run["id"]).items()}
    assert told == {"cut": "length", "whole": "stop"}
