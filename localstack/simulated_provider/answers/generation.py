"""What a simulated model generates for a request, before any limit cuts it off: by its script, or from the request."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from simulated_provider.answers.request import ModelRequest
from simulated_provider.answers.schema_instance import instance_of
from simulated_provider.faults.clauses import Faults, imitated_model
from simulated_provider.scripts.turns import Turn, facts, fill, pick, text_of, turns_taken

REASONING = "reasoning-"
MULTI_BYTE = "multibyte-"


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One call of a tool. Each wire makes its id from `key`, which differs from call to call; `arguments` is JSON."""

    key: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Generation:
    """What a model says, the tools that it calls, and what it thought before."""

    text: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    thinking: str = ""


def generate(request: ModelRequest, *, scripts: dict[str, tuple[Turn, ...]], faults: Faults) -> Generation:
    """Generate the same for the same request. A script takes precedence over the request's tools and schema."""
    model = imitated_model(request.model)
    turns = scripts.get(model)
    if turns is not None:
        text, calls = _from_script(model, turns, request)
    elif request.must_call:
        turn = turns_taken(request.messages)
        called = [(tool.name, instance_of({"type": "object", **tool.schema})) for tool in request.must_call]
        text, calls = "", _calls(model, turn, called)
    elif request.schema is not None:
        text, calls = _json(instance_of(request.schema)), ()
    else:
        text, calls = _from_prompt(_prompt(request), model=model, faults=faults), ()
    thinking = (
        f"They say: {_prompt(request)} I shall answer that." if request.thinks and model.startswith(REASONING) else ""
    )
    return Generation(text, calls[:1] if request.one_call else calls, thinking)


def _from_script(model: str, turns: tuple[Turn, ...], request: ModelRequest) -> tuple[str, tuple[ToolCall, ...]]:
    number, turn = pick(turns, request.messages)
    known = facts(request.messages)
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


def _prompt(request: ModelRequest) -> str:
    return next((text_of(message) for message in reversed(request.messages) if message.get("role") == "user"), "")


def _calls(model: str, turn: int, called: list[tuple[str, Any]]) -> tuple[ToolCall, ...]:
    calls = []
    for index, (name, value) in enumerate(called):
        arguments = _json(value)
        seed = f"{model}:{turn}:{index}:{name}:{arguments}"
        calls.append(ToolCall(hashlib.sha256(seed.encode()).hexdigest()[:24], name, arguments))
    return tuple(calls)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
