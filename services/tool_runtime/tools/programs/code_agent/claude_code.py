"""Claude Code, in its print mode: a JSON object a line."""

import json
import pathlib
from typing import Any

from tool_runtime.tools.programs.code_agent import approving
from tool_runtime.tools.programs.code_agent.agents import HOME, Heard, Start, Told, items_of, short, text_of

PROGRAM = pathlib.Path("/opt/claude-code/node_modules/@anthropic-ai/claude-code/cli.js")

# Whom it takes itself for, and what it would ask on its first day: the same in every sandbox.
_SETTLED = {"userID": "0" * 64, "hasCompletedOnboarding": True, "numStartups": 1}
_MODELS = (
    *("ANTHROPIC_MODEL", "ANTHROPIC_SMALL_FAST_MODEL", "ANTHROPIC_DEFAULT_HAIKU_MODEL"),
    *("ANTHROPIC_DEFAULT_SONNET_MODEL", "ANTHROPIC_DEFAULT_OPUS_MODEL", "CLAUDE_CODE_SUBAGENT_MODEL"),
)
_APPROVING = {
    "mcpServers": {approving.SERVER: {"command": "/usr/bin/python3", "args": ["-S", "-s", "-B", approving.__file__]}}
}
_TELLING = ("command", "file_path", "path", "pattern", "description", "prompt")


def start(told: Told) -> Start:
    (HOME / ".claude.json").write_text(json.dumps(_SETTLED))
    return Start(
        PROGRAM,
        (
            *("--print", "--output-format", "stream-json", "--verbose", "--dangerously-skip-permissions"),
            *("--strict-mcp-config", "--disallowedTools", "WebSearch,WebFetch", "--session-id", told["session"]),
            # No file's settings: a repository's would say who is asked for answers, and with which credentials.
            *("--setting-sources", "", "--model", str(told["model"])),
            # Its CLAUDE.md is for whoever works there, and is read all the same.
            *("--add-dir", "."),
            *("--mcp-config", json.dumps(_APPROVING)),
            *("--permission-prompt-tool", f"mcp__{approving.SERVER}__{approving.TOOL}"),
        ),
        {
            "ANTHROPIC_BASE_URL": told["gateway"],
            "ANTHROPIC_AUTH_TOKEN": told["key"],
            **dict.fromkeys(_MODELS, str(told["model"])),
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
            "DISABLE_AUTOUPDATER": "1",
            "CLAUDE_CODE_ADDITIONAL_DIRECTORIES_CLAUDE_MD": "1",
        },
        told["instructions"],
    )


def hear(event: dict[str, Any], heard: Heard) -> None:
    kind = text_of(event.get("type"))
    if kind == "assistant":
        message = event.get("message")
        for block in items_of(message.get("content") if isinstance(message, dict) else None):
            if block.get("type") == "text" and text_of(block.get("text")).strip():
                heard.lines.append(f"says: {short(block['text'])}")
            elif block.get("type") == "tool_use":
                heard.lines.append(_of_tool(block))
    elif kind == "result":
        heard.has_ended = True
        said = text_of(event.get("result"))
        if event.get("is_error") or event.get("subtype") != "success":
            heard.failure = said or short(event.get("subtype"))
        else:
            heard.answer = said


def _of_tool(block: dict[str, Any]) -> str:
    given = block.get("input")
    about = next((given[name] for name in _TELLING if name in given), "") if isinstance(given, dict) else ""
    return short(f"{block.get('name')}: {about}")
