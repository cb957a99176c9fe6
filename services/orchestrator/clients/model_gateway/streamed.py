"""Reads a chat completion however it travels: tells a stream's text as it comes, and makes a plain answer of it."""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx2
from openai import AsyncAPIResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from orchestrator.clients.model_gateway.base import OnText

STREAMED: Mapping[str, Any] = {"stream": True, "stream_options": {"include_usage": True}}
_REPLAYED = "x-lockstep-replayed"
_DATA, _DONE = b"data:", b"[DONE]"
_NAMED_ONCE = frozenset({"id", "type", "role", "name"})
"""Texts that do not come in parts; some servers repeat them."""


class _Part(BaseModel):
    """What a chunk adds to a choice."""

    model_config = ConfigDict(extra="allow")

    index: int = Field(ge=0, le=127)
    delta: dict[str, Any]
    finish_reason: str | None = None


class _Chunk(BaseModel):
    """A chunk, read without the vendor's library: that refuses answers which are cut at their length."""

    model_config = ConfigDict(extra="allow")

    choices: list[_Part]

    @property
    def text(self) -> str:
        """What it adds to the text of the first choice."""
        texts = [part.delta.get("content") for part in self.choices if part.index == 0]
        return "".join(text for text in texts if isinstance(text, str))


class BrokenStream(Exception):
    """The stream did not end as a stream of an answer does."""


async def read_answer(answer: AsyncAPIResponse[Any], on_text: OnText | None) -> bytes:
    """The answer's JSON. One that was stored under its key comes as it came first; its text is not told again."""
    if not answer.headers.get("content-type", "").startswith("text/event-stream"):
        return await answer.read()
    tell = on_text if on_text is not None and _REPLAYED not in answer.headers else _untold
    document: dict[str, Any] = {}
    ended = False
    try:
        async for data in _data_of(answer):
            if data == _DONE:
                ended = True
                break
            _add_chunk(document, chunk := _Chunk.model_validate_json(data))
            if text := chunk.text:
                tell(text)
    except (httpx2.HTTPError, ValidationError) as error:
        # An error of the gateway is an event too, and no chunk of an answer.
        raise BrokenStream(type(error).__name__) from error
    if not ended or not document.get("choices"):
        raise BrokenStream("it has no end")
    return json.dumps(_as_plain(document)).encode()


async def _data_of(answer: AsyncAPIResponse[Any]) -> AsyncIterator[bytes]:
    """The data of each event; the gateway writes an event's data in one line."""
    waiting = b""
    async for piece in answer.iter_bytes():
        *lines, waiting = (waiting + piece).split(b"\n")
        for line in lines:
            if line.startswith(_DATA):
                yield line.removeprefix(_DATA).strip()


def _add_chunk(document: dict[str, Any], chunk: _Chunk) -> None:
    document.update({name: value for name, value in (chunk.model_extra or {}).items() if value is not None})
    document["object"] = "chat.completion"
    choices = document.setdefault("choices", [])
    for part in chunk.choices:
        while len(choices) <= part.index:
            choices.append({"index": len(choices), "message": {"role": "assistant", "content": ""}})
        choice = choices[part.index]
        _add(choice, {**(part.model_extra or {}), "finish_reason": part.finish_reason})
        _add(choice["message"], part.delta)


def _add(to: dict[str, Any], delta: dict[str, Any]) -> None:
    """Texts go on, and what stands in places goes on at its place; what is named once stays, also said again."""
    for name, value in delta.items():
        before = to.get(name)
        if value is None or (name in _NAMED_ONCE and before):
            continue
        if isinstance(value, str) and isinstance(before, str):
            to[name] = before + value
        elif before is not None and type(before) is not type(value):
            raise BrokenStream(f"{name} is of two kinds")
        elif isinstance(value, dict):
            _add(to.setdefault(name, {}), value)
        elif isinstance(value, list):
            _add_items(to.setdefault(name, []), value)
        else:
            to[name] = value


def _add_items(to: list[Any], items: list[Any]) -> None:
    for item in items:
        place = item.get("index") if isinstance(item, dict) else None
        if not isinstance(place, int):
            to.append(item)
            continue
        if not 0 <= place <= len(to):
            raise BrokenStream("an item is missing")
        if place == len(to):
            to.append({})
        if not isinstance(to[place], dict):
            raise BrokenStream("an item is of two kinds")
        _add(to[place], {name: value for name, value in item.items() if name != "index"})


def _as_plain(document: dict[str, Any]) -> dict[str, Any]:
    """The document as it stands in a plain answer, where calls of tools come without a text, or with null for one."""
    for choice in document["choices"]:
        message = choice["message"]
        if message.get("tool_calls"):
            message["content"] = message["content"] or None
    return document


def _untold(text: str) -> None:
    """Of an answer that was given before; who listens has heard it, or hears of what it led to."""
