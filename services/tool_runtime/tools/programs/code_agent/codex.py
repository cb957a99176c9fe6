"""Codex, in its mode without a terminal: a JSON object a line."""

import json
import pathlib
from typing import Any

from tool_runtime.tools.programs.code_agent.agents import HOME, Heard, Start, Told, items_of, short, text_of

PROGRAM = pathlib.Path("/opt/codex/node_modules/@openai/codex/bin/codex.js")

_CONFIG = """
model = {model}
model_provider = "lockstep"
approval_policy = "never"
sandbox_mode = "danger-full-access"
check_for_update_on_startup = false
web_search = "disabled"

[analytics]
enabled = false

[history]
persistence = "none"

[model_providers.lockstep]
name = "lockstep"
base_url = {gateway}
env_key = "LOCKSTEP_MODEL_KEY"
wire_api = "responses"
"""


def start(told: Told) -> Start:
    """Without walls of its own: it is within ours, which let it make none."""
    place = HOME / ".codex"
    place.mkdir(exist_ok=True)
    # A JSON text is a TOML one too.
    config = _CONFIG.format(model=json.dumps(told["model"]), gateway=json.dumps(f"{told['gateway']}/v1"))
    (place / "config.toml").write_text(config)
    return Start(
        PROGRAM,
        ("exec", "--json", "--skip-git-repo-check", "-"),
        {"CODEX_HOME": str(place), "LOCKSTEP_MODEL_KEY": told["key"]},
        told["instructions"],
    )


def hear(event: dict[str, Any], heard: Heard) -> None:
    kind, item = text_of(event.get("type")), event.get("item")
    if kind == "turn.completed":
        heard.has_ended, heard.failure = True, None
    elif kind == "turn.failed":
        error = event.get("error")
        heard.has_ended = True
        heard.failure = short(error.get("message") if isinstance(error, dict) else error, 2000)
    elif kind == "error":
        # It may try again after this; a turn that ends well shows that it did.
        heard.failure = short(event.get("message"), 2000)
        heard.lines.append(f"error: {short(event.get('message'))}")
    elif kind in {"item.started", "item.completed"} and isinstance(item, dict):
        _hear_item(item, heard, is_done=kind == "item.completed")


def _hear_item(item: dict[str, Any], heard: Heard, *, is_done: bool) -> None:
    kind = item.get("type")
    if kind == "agent_message" and is_done:
        heard.answer = text_of(item.get("text"))
        heard.lines.append(f"says: {short(item.get('text'))}")
    elif kind == "command_execution" and not is_done:
        heard.lines.append(f"runs: {short(item.get('command'))}")
    elif kind == "file_change" and is_done:
        paths = ", ".join(text_of(change.get("path")) for change in items_of(item.get("changes")))
        heard.lines.append(f"edits: {short(paths)}")
