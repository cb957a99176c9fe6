"""Answers Claude Code's questions whether it may: yes. A server of MCP with one tool, on its own input and output.

Some questions it asks whatever it was told to skip (before a command that writes below `.git`, `.claude` or
`.vscode`, or of which one of several parts does), and without an answer it gives the command up. Nobody is there to
answer, and the sandbox is what holds it.
"""

import json
import sys
from typing import Any

SERVER, TOOL = "lockstep", "approve"
_TAKES = {"type": "object", "properties": {"tool_name": {"type": "string"}, "input": {"type": "object"}}}


def answer_to(method: str, params: dict[str, Any]) -> dict[str, Any] | None:
    """The result of a request; None for one that is not known."""
    if method == "initialize":
        about = {"name": SERVER, "version": "1"}
        return {"protocolVersion": params.get("protocolVersion"), "capabilities": {"tools": {}}, "serverInfo": about}
    if method == "tools/list":
        return {"tools": [{"name": TOOL, "description": "Says yes.", "inputSchema": _TAKES}]}
    if method == "tools/call":
        given = params.get("arguments") or {}
        yes = {"behavior": "allow", "updatedInput": given.get("input") or {}}
        return {"content": [{"type": "text", "text": json.dumps(yes)}]}
    return {} if method == "ping" else None


def main() -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        if "id" not in asked:
            continue
        result = answer_to(str(asked.get("method")), asked.get("params") or {})
        told = {"error": {"code": -32601, "message": "no such method"}} if result is None else {"result": result}
        sys.stdout.write(json.dumps({"jsonrpc": "2.0", "id": asked["id"], **told}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
