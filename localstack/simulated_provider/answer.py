"""What a simulated model says to a request: text, tool calls, why it stopped, and how many tokens that took."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from simulated_provider.faults import Faults
from simulated_provider.scripts import Turn, facts, fill, pick, text_of
from simulated_provider.tokens import NO_CACHE, CacheUse, count_request, count_text

_DEFAULT_CHUNKS = 10


@dataclass(frozen=True, slots=True)
class Answer:
    """One choice (all `n` are the same) and the tokens of all of them; `pieces` joined are the text."""

    model: str
    pieces: tuple[str, ...]
    tool_calls: tuple[dict[str, Any], ...]
    finish_reason: str
    choices: int
    input_tokens: int
    output_tokens: int
    cache: CacheUse = NO_CACHE

    @property
    def text(self) -> str:
        return "".join(self.pieces)


def answer_to(
    body: dict[str, Any], *, scripts: dict[str, tuple[Turn, ...]], faults: Faults, cache: CacheUse = NO_CACHE
) -> Answer:
    """The same request always gets the same answer."""
    messages = body["messages"]
    model = body["model"]
    calls: tuple[dict[str, Any], ...] = ()
    turns = scripts.get(model)
    if turns is None:
        text = _from_prompt(messages, faults)
    else:
        number, turn = pick(turns, messages)
        known = facts(messages)
        text = _as_text(fill(turn.text, known))
        calls = tuple(_tool_call(model, number, index, fill(call, known)) for index, call in enumerate(turn.tool_calls))
    limit = body.get("max_completion_tokens") or body.get("max_tokens")
    text, calls, was_cut = _within(limit, text, calls)
    tokens = count_text(text) + sum(_call_tokens(call) for call in calls)
    choices = body.get("n") or 1
    return Answer(
        model=f"simulated/{model}",
        pieces=_pieces(text, faults.chunks or _DEFAULT_CHUNKS),
        tool_calls=calls,
        finish_reason="length" if was_cut else "tool_calls" if calls else "stop",
        choices=choices,
        input_tokens=count_request(body),
        output_tokens=tokens * choices,
        cache=cache,
    )


def _from_prompt(messages: list[dict[str, Any]], faults: Faults) -> str:
    prompt = next((text_of(message) for message in reversed(messages) if message.get("role") == "user"), "")
    text = f"This is a simulated answer to: {prompt}"
    if faults.chunks is not None:
        text = (text + " ") * (1 + faults.chunks // len(text))
    return text


def _tool_call(model: str, turn: int, index: int, call: dict[str, Any]) -> dict[str, Any]:
    arguments = json.dumps(call.get("arguments", {}), ensure_ascii=False)
    seed = f"{model}:{turn}:{index}:{call['name']}:{arguments}"
    return {
        "id": "call_" + hashlib.sha256(seed.encode()).hexdigest()[:24],
        "type": "function",
        "function": {"name": call["name"], "arguments": arguments},
    }


def _call_tokens(call: dict[str, Any]) -> int:
    return count_text(call["function"]["name"]) + count_text(call["function"]["arguments"])


def _within(
    limit: int | None, text: str, calls: tuple[dict[str, Any], ...]
) -> tuple[str, tuple[dict[str, Any], ...], bool]:
    """Text and calls that fit into `limit` tokens, and whether something was left out."""
    if limit is None or count_text(text) + sum(_call_tokens(call) for call in calls) <= limit:
        return text, calls, False
    fitting = text.encode()[: limit * 4].decode(errors="ignore")
    return fitting, (), True


def _pieces(text: str, wanted: int) -> tuple[str, ...]:
    if not text:
        return ()
    size = max(1, -(-len(text) // wanted))
    return tuple(text[start : start + size] for start in range(0, len(text), size))


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
