"""Scripts: the turns that a simulated model answers, with values taken from the request.

A script is `<model>.yaml`: `turns`, each with `text` and `tool_calls` (`name`, `arguments`). The number of assistant
messages in the request selects the turn; after the last turn, that one repeats. In every string, `${…}` is JMESPath on
`last` (the last tool message, parsed if it is JSON), `tools` (all tool messages), `prompt` (the last user message) and
`data` (the JSON in it). A string that consists of one `${…}` becomes the value itself, with its type.
"""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jmespath
import yaml

_EXPRESSION = re.compile(r"\$\{((?:[^{}]|\{[^{}]*\})*)\}")


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a script, with its expressions not yet evaluated."""

    text: str = ""
    tool_calls: tuple[dict[str, Any], ...] = field(default=())


def load_scripts(*folders: Path) -> dict[str, tuple[Turn, ...]]:
    """All scripts of these folders, by the name of their model; ValueError names a file that is no script.

    It also names a second script for one model.
    """
    scripts: dict[str, tuple[Turn, ...]] = {}
    for path in (path for folder in folders for path in sorted(folder.glob("*.yaml"))):
        if path.stem in scripts:
            raise ValueError(f"{path}: another folder has a script for {path.stem}")
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        if not isinstance(document, dict) or not isinstance(document.get("turns"), list) or not document["turns"]:
            raise ValueError(f"{path}: a script has a list of turns")
        scripts[path.stem] = tuple(
            Turn(text=str(turn.get("text", "")), tool_calls=tuple(turn.get("tool_calls", ())))
            for turn in document["turns"]
        )
    return scripts


def pick(turns: tuple[Turn, ...], messages: list[dict[str, Any]]) -> tuple[int, Turn]:
    """The turn that answers these messages, and its number."""
    number = min(turns_taken(messages), len(turns) - 1)
    return number, turns[number]


def turns_taken(messages: list[dict[str, Any]]) -> int:
    """How many answers of the model are in these messages."""
    return sum(1 for message in messages if message.get("role") == "assistant")


def facts(messages: list[dict[str, Any]]) -> dict[str, Any]:
    """The values that a script's expressions can use."""
    tools = [_parsed(text_of(message)) for message in messages if message.get("role") == "tool"]
    prompts = [text_of(message) for message in messages if message.get("role") == "user"]
    prompt = prompts[-1] if prompts else ""
    return {"last": tools[-1] if tools else None, "tools": tools, "prompt": prompt, "data": _json_in(prompt)}


def fill(value: Any, known: dict[str, Any]) -> Any:
    """The value with every expression in it replaced by its result, at any depth."""
    if isinstance(value, dict):
        return {name: fill(member, known) for name, member in value.items()}
    if isinstance(value, list):
        return [fill(member, known) for member in value]
    if not isinstance(value, str):
        return value
    if (whole := _EXPRESSION.fullmatch(value)) is not None:
        return jmespath.search(whole[1], known)
    return _EXPRESSION.sub(lambda match: _as_text(jmespath.search(match[1], known)), value)


def text_of(message: dict[str, Any]) -> str:
    content = message.get("content")
    if isinstance(content, list):
        return "".join(part.get("text") or "" for part in content)
    return content or ""


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _json_in(text: str) -> Any:
    """The first JSON object or array in a text; None without one."""
    decoder = json.JSONDecoder()
    for start in (found.start() for found in re.finditer(r"[\[{]", text)):
        try:
            return decoder.raw_decode(text, start)[0]
        except ValueError:
            continue
    return None
