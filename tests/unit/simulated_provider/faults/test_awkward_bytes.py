"""The same events in awkward bytes: what a careful reader makes of them is the same, byte for byte."""

import gzip
import json
from typing import Any

import pytest

from fixtures.providers.provider_in_process import Provider

CHAT, RESPONSES, MESSAGES = "/v1/chat/completions", "/v1/responses", "/v1/messages"
wires = pytest.mark.parametrize("path", [CHAT, RESPONSES, MESSAGES])
both = pytest.mark.parametrize("streamed", [False, True], ids=["plain", "stream"])
SAID = "This is a simulated answer – réponse, ответ, 答え, 🐧 – to: x"


def body_of(fault: str, *, streamed: bool) -> dict[str, Any]:
    """A request that every one of the wires takes."""
    user = {"role": "user", "content": "x"}
    return {"model": f"fault-{fault}", "stream": streamed, "input": "x", "messages": [user], "max_tokens": 99}


async def frames(provider: Provider, path: str, fault: str, *, streamed: bool) -> tuple[str, list[bytes]]:
    """The head of an answer, and what was sent in each frame of its chunked body."""
    came = await provider.raw(path, json.dumps(body_of(fault, streamed=streamed)).encode())
    head, _, rest = came.partition(b"\r\n\r\n")
    found = []
    while "chunked" in head.decode() and not rest.startswith(b"0\r\n"):
        size, _, rest = rest.partition(b"\r\n")
        found.append(rest[: int(size, 16)])
        rest = rest[int(size, 16) + 2 :]
    return head.decode(), found or [rest]


def without_ids(stream: bytes) -> list[Any]:
    """The documents of a stream, without what each request has of its own."""
    lines = [line[6:] for line in stream.decode().splitlines() if line.startswith("data: {")]
    return [_without_ids(json.loads(line)) for line in lines]


def _without_ids(value: Any) -> Any:
    if isinstance(value, dict):
        own = {"id", "item_id", "model", "obfuscation"}
        return {name: _without_ids(member) for name, member in value.items() if name not in own}
    return [_without_ids(member) for member in value] if isinstance(value, list) else value


@wires
async def test_tiny_writes_have_one_byte_each(provider: Provider, path: str) -> None:
    _, expected = await frames(provider, path, "multi-byte", streamed=True)
    _, came = await frames(provider, path, "multi-byte+tiny", streamed=True)
    assert {len(frame) for frame in came} == {1}
    assert without_ids(b"".join(came)) == without_ids(b"".join(expected))


@wires
@pytest.mark.parametrize("more", ["", "+crlf"])
async def test_splits_are_inside_characters_and_across_frames(provider: Provider, path: str, more: str) -> None:
    _, expected = await frames(provider, path, "multi-byte", streamed=True)
    _, came = await frames(provider, path, f"split{more}", streamed=True)
    assert without_ids(b"".join(came)) == without_ids(b"".join(expected))
    with pytest.raises(UnicodeDecodeError):
        [frame.decode() for frame in came]
    assert not [frame for frame in came[:-1] if frame.endswith((b"\n\n", b"\r\n\r\n"))]
    assert [frame for frame in came if frame.startswith(b"\ndata: " if path == CHAT else b"\nevent: ")]
    assert any(frame.endswith(b"\r") for frame in came) is bool(more)


@wires
async def test_lines_may_end_in_crlf(provider: Provider, path: str) -> None:
    _, expected = await frames(provider, path, "multi-byte", streamed=True)
    _, came = await frames(provider, path, "multi-byte+crlf", streamed=True)
    stream = b"".join(came)
    assert stream.count(b"\n") == stream.count(b"\r\n") == b"".join(expected).count(b"\n")
    assert without_ids(stream) == without_ids(b"".join(expected))


@wires
@both
async def test_an_answer_may_be_compressed_unasked(provider: Provider, path: str, *, streamed: bool) -> None:
    head, came = await frames(provider, path, "multi-byte+gzip", streamed=streamed)
    assert "content-encoding: gzip" in head
    text = gzip.decompress(b"".join(came)).decode()
    assert SAID in text if not streamed else text.startswith(("data: ", "event: "))
    if streamed:
        assert len(came) > 10, "each event can be read when it comes"


@wires
@both
async def test_tiny_and_split_plain_answers_are_whole(provider: Provider, path: str, *, streamed: bool) -> None:
    for fault in ("tiny", "split"):
        answer = await provider.http.post(path, json=body_of(f"multi-byte+{fault}", streamed=streamed))
        assert int(answer.headers.get("content-length", len(answer.content))) == len(answer.content)
        if not streamed:
            assert SAID in answer.text


@wires
@pytest.mark.parametrize("size", [1000, 300_000])
async def test_one_event_may_be_huge_and_says_nothing_more(provider: Provider, path: str, size: int) -> None:
    _, expected = await frames(provider, path, "multi-byte", streamed=True)
    _, came = await frames(provider, path, f"multi-byte+huge-line={size}", streamed=True)
    events = b"".join(came).split(b"\n\n")
    assert [len(event) + 2 for event in events if b"obfuscation" in event] == [size]
    assert without_ids(b"".join(came)) == without_ids(b"".join(expected))
    first, second = provider.lines()
    assert (first.output_tokens, first.cost_usd) == (second.output_tokens, second.cost_usd)


@pytest.mark.parametrize("fault", ["tiny", "split", "split+crlf", "gzip", "huge-line=70000", "duplicate-usage"])
async def test_the_vendors_clients_read_what_is_awkward(provider: Provider, fault: str) -> None:
    model = f"fault-multi-byte+{fault}"
    messages: Any = [{"role": "user", "content": "x"}]
    chunks = await provider.openai.chat.completions.create(model=model, messages=messages, stream=True)
    pieces = [chunk.choices[0].delta.content or "" async for chunk in chunks if chunk.choices]
    events = await provider.openai.responses.create(model=model, input="x", stream=True)
    deltas = [event.delta async for event in events if event.type == "response.output_text.delta"]
    told = await provider.anthropic.messages.create(model=model, messages=messages, max_tokens=99, stream=True)
    texts = [event.delta.text async for event in told if event.type == "content_block_delta"]
    assert "".join(pieces) == "".join(deltas) == "".join(texts) == SAID
