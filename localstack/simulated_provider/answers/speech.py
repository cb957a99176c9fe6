"""What a simulated model says to a request, before any limit cuts it: by its script, or made from the request."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from simulated_provider.answers.request import Asked
from simulated_provider.answers.schema_instance import instance_of
from simulated_provider.faults.clauses import Faults, speaker_of
from simulated_provider.scripts.turns import Turn, facts, fill, pick, text_of, turns_said

REASONING = "reasoning-"
MULTI_BYTE = "multibyte-"


@dataclass(frozen=True, slots=True)
class ToolCall:
    """`key` tells it from other calls; each wire makes its own ids of it. `arguments` is JSON."""

    key: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Speech:
    text: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    thinking: str = ""


def speech_for(asked: Asked, *, scripts: dict[str, tuple[Turn, ...]], faults: Faults) -> Speech:
    """The same request always gets the same; a script goes before what the request wants."""
    model = speaker_of(asked.model)
    turns = scripts.get(model)
    if turns is not None:
        text, calls = _from_script(model, turns, asked)
    elif asked.must_call:
        said = turns_said(asked.messages)
        called = [(tool.name, instance_of({"type": "object", **tool.schema})) for tool in asked.must_call]
        text, calls = "", _calls(model, said, called)
    elif asked.schema is not None:
        text, calls = _json(instance_of(asked.schema)), ()
    else:
        text, calls = _from_prompt(_prompt(asked), model=model, faults=faults), ()
    thinking = (
        f"They say: {_prompt(asked)} I shall answer that." if asked.thinks and model.startswith(REASONING) else ""
    )
    return Speech(text, calls[:1] if asked.one_call else calls, thinking)


def _from_script(model: str, turns: tuple[Turn, ...], asked: Asked) -> tuple[str, tuple[ToolCall, ...]]:
    number, turn = pick(turns, asked.messages)
    known = facts(asked.messages)
    filled = fill(turn.text, known)
    called = [(call["name"], fill(call.get("arguments", {}), known)) for call in turn.tool_calls]
    return filled if isinstance(filled, str) else _json(filled), _calls(model, number, called)


def _from_prompt(prompt: str, *, model: str, faults: Faults) -> str:
    text = f"This is a simulated answer to: {prompt}"
    if model.startswith(MULTI_BYTE) or faults.multi_byte or faults.split:
        text = f"This is a simulated answer – réponse, ответ, 答え, 🐧 – to: {prompt}"
    if faults.chunks is not None:
        text = (text + " ") * (1 + faults.chunks // len(text))
    return text


def _prompt(asked: Asked) -> str:
    return next((text_of(message) for message in reversed(asked.messages) if message.get("role") == "user"), "")


def _calls(model: str, turn: int, called: list[tuple[str, Any]]) -> tuple[ToolCall, ...]:
    found = []
    for index, (name, value) in enumerate(called):
        arguments = _json(value)
        seed = f"{model}:{turn}:{index}:{name}:{arguments}"
        found.append(ToolCall(hashlib.sha256(seed.encode()).hexdigest()[:24], name, arguments))
    return tuple(found)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
