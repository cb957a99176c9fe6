"""An agent searches the documents that it was given, and reads on where it found something."""

import pytest

from fixtures.running.stack import Member

pytestmark = pytest.mark.stack

WRITES = """
open("out/birds.md", "w").write("# Emperor penguins\\n\\nThey live on ice.")
open("out/cars.md", "w").write("# Cars\\n\\nThey have wheels.")
"""


def test_an_agent_finds_a_passage_and_reads_it(member: Member) -> None:
    agent = {
        "kind": "agent",
        "instructions": "Where do they live?",
        "tools": ["search", "files"],
        "model": "crew-reader",
    }
    steps = [
        {"name": "write", "kind": "tool", "tool": "code.python", "arguments": {"code": WRITES}},
        {"name": "look", "needs": ["write"], "files": "${steps.write.output.files}", **agent},
    ]
    run = member.ended(member.start({"steps": steps})["id"])
    assert run["status"] == "COMPLETED", run["error"]
    assert member.steps(run["id"])["look"]["output"]["text"] == "It says: They live on ice."
