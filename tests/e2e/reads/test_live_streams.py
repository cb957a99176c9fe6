"""A run that is watched from its start tells its steps as they happen and its models' words as they come."""

from typing import Any

import httpx
import pytest

from fixtures.running.stack import Member
from fixtures.streams.streamed_runs import messages_of

pytestmark = pytest.mark.stack

MODEL = {"name": "ask", "kind": "llm", "prompt": "How many penguins stand on the ice?"}
AGENT = {"name": "act", "kind": "agent", "instructions": "Answer.", "prompt": "How many?", "needs": ["ask"]}


def watched(api: httpx.Client, path: str) -> list[dict[str, Any]]:
    """All messages of a stream that ends by itself."""
    with api.stream("GET", path, headers={"accept": "text/event-stream"}, timeout=60) as answer:
        assert answer.status_code == 200
        return messages_of("".join(answer.iter_text()))


def said(messages: list[dict[str, Any]], step: str) -> str:
    """The text of the step's last turn that was told, put together by the offsets of its pieces."""
    text = ""
    for message in messages:
        if message["event"] == "step.text" and message["data"]["step"] == step:
            piece = message["data"]["data"]
            assert piece["offset"] in {0, len(text)}
            text = (text if piece["offset"] else "") + piece["text"]
    return text


def test_a_run_is_told_to_its_end_with_what_its_models_say(member: Member) -> None:
    run_id = member.start({"steps": [MODEL, AGENT]})["id"]
    with member.api() as api:
        messages = watched(api, f"/runs/{run_id}/events")
        items = api.get(f"/runs/{run_id}/events", params={"limit": 1000}).json()["items"]
    *_, end = messages
    assert end == {"event": "stream.end", "data": {"reason": "run_ended"}}
    assert [message["data"] for message in messages if "id" in message] == items
    assert [item["seq"] for item in items] == list(range(1, len(items) + 1))
    assert items[-1]["type"] == "run.completed"
    steps = member.steps(run_id)
    assert said(messages, "ask") == steps["ask"]["output"]["text"] != ""
    assert said(messages, "act") == steps["act"]["output"]["text"] != ""
