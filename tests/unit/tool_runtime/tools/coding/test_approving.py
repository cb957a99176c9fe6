"""What asks whether it may is told yes, by the form of MCP; what is no request of it is none."""

import json
import subprocess
import sys

from tool_runtime.tools.programs.code_agent import approving


def test_it_says_yes_to_what_is_asked_with_what_was_given() -> None:
    asked = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": "2025-06-18"}},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/list"},
        {
            "jsonrpc": "2.0",
            "id": 3,
            "method": "tools/call",
            "params": {"name": "approve", "arguments": {"tool_name": "Bash", "input": {"command": "a && b"}}},
        },
        {"jsonrpc": "2.0", "id": 4, "method": "evil/thing"},
    ]
    done = subprocess.run(
        [sys.executable, "-S", "-s", approving.__file__],
        input="".join(json.dumps(one) + "\n" for one in asked),
        capture_output=True,
        check=True,
        text=True,
    )
    greeting, listing, call, unknown = map(json.loads, done.stdout.splitlines())
    assert greeting["result"]["protocolVersion"] == "2025-06-18"
    assert [tool["name"] for tool in listing["result"]["tools"]] == [approving.TOOL]
    [part] = call["result"]["content"]
    assert json.loads(part["text"]) == {"behavior": "allow", "updatedInput": {"command": "a && b"}}
    assert (unknown["id"], unknown["error"]["code"]) == (4, -32601)
