"""Two runs are held against each other: what they were asked, and what came of it."""

from typing import Any

import pytest

from fixtures.running.stack import Member

pytestmark = pytest.mark.stack

PRINT = "import json; print(json.load(open('/work/in/inputs.json'))['word'])"


def test_a_fork_is_compared_with_its_origin(member: Member) -> None:
    say: dict[str, Any] = {"name": "say", "kind": "tool", "tool": "code.python"}
    say |= {"arguments": {"code": PRINT, "inputs": {"word": "${input.word}"}}, "needs": ["begin"]}
    steps = [{"name": "begin", "kind": "noop"}, say]
    origin = member.ended(member.start({"steps": steps}, input={"word": "one"})["id"])
    assert origin["status"] == "COMPLETED", origin
    with member.api() as api:
        changed = {"say": {"arguments": {"code": PRINT, "inputs": {"word": "${input.word}!"}}}}
        body = {"from": "say", "input": {"word": "two"}, "overrides": changed}
        fork = api.post(f"/runs/{origin['id']}/fork", json=body).json()
        assert member.ended(fork["id"])["status"] == "COMPLETED"
        found = api.get(f"/runs/{origin['id']}/diff/{fork['id']}").json()
        itself = api.get(f"/runs/{origin['id']}/diff/{origin['id']}").json()
        assert api.get(f"/runs/{origin['id']}/diff/019a0000-0000-7000-8000-000000000000").status_code == 404
    assert (found["left"], found["right"]) == (origin["id"], fork["id"])
    assert found["input"]["items"] == [
        {"pointer": "/word", "kind": "changed", "left": "one", "right": "two", "left_bytes": None, "right_bytes": None}
    ]
    assert [change["pointer"] for change in found["overrides"]["items"]] == ["/say"]
    assert found["definition"] == {"items": [], "more": 0}
    begin, said = found["steps"]
    assert (begin["same"], begin["attempts"]) == (True, {"left": 1, "right": 0}), "it was taken over"
    assert [change["pointer"] for change in said["output"]["items"]] == ["/stdout"]
    assert (said["output"]["items"][0]["left"], said["output"]["items"][0]["right"]) == ("one\n", "two!\n")
    assert all(step["same"] for step in itself["steps"])
    assert all(itself[part]["items"] == [] for part in ("definition", "overrides", "input", "output"))
