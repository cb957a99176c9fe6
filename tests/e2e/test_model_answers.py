"""What a model says is input like any other: it is kept as it was said, or its step says at once why it is not."""

import json
from typing import Any

import pytest

from fixtures.stack import Member

pytestmark = pytest.mark.stack


def asked(member: Member, answer: str, *, max_tokens: int) -> dict[str, Any]:
    """The one step of a run whose model says this text, cut after so many tokens, and the run's page afterwards."""
    stats = {"rows": 1, "groups": [{"species": "A", "sex": "m", "means": {"body_mass_g": 1}}]}
    prompt = json.dumps({"explored": answer, "stats": stats, "chart": "c"})
    step = {"name": "a", "kind": "llm", "model": "penguins-summary", "max_tokens": max_tokens, "prompt": prompt}
    run = member.ended(member.start({"steps": [step]})["id"], seconds=30)
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
