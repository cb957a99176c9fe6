"""A provider that answers at once and needs almost no processor time, so that measurements are those of the gateway.

`python bench/gateway_parts/fake_upstream.py PORT` serves chat completions, plain (1 kB with usage) or streamed (10
chunks, 5 ms apart, then usage if the request asks for it), and `/health`. A model whose name ends in `-300ms` waits
that long between chunks, and before a plain answer. It is one protocol class of asyncio, without a framework.
"""

import asyncio
import json
import re
import sys
from contextlib import suppress

CHUNKS = 10
GAP_SECONDS = 0.005
INPUT_TOKENS, OUTPUT_TOKENS = 150, 100
_WAIT = re.compile(rb'"model": ?"[^"]*-(\d+)ms"')
_WORDS = "penguin " * 100
_USAGE = {
    "prompt_tokens": INPUT_TOKENS,
    "completion_tokens": OUTPUT_TOKENS,
    "total_tokens": INPUT_TOKENS + OUTPUT_TOKENS,
}
_COMMON = {"id": "chatcmpl-bench", "created": 1_700_000_000, "model": "fake", "system_fingerprint": "fp_bench"}


def _json_answer() -> bytes:
    message = {"role": "assistant", "content": _WORDS, "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    body = json.dumps({**_COMMON, "object": "chat.completion", "choices": [choice], "usage": _USAGE}).encode()
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


def _event(delta: dict[str, str], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    document = {**_COMMON, "object": "chat.completion.chunk", "choices": [choice]}
    return b"data: " + json.dumps(document).encode() + b"\n\n"


def _framed(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


_PLAIN = _json_answer()
_HEALTH = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
_STREAM_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
_CHUNK = _framed(_event({"content": "penguin penguin "}))
_LAST = _event({}, "stop")
_USAGE_EVENT = (
    b"data: "
    + json.dumps({**_COMMON, "object": "chat.completion.chunk", "choices": [], "usage": _USAGE}).encode()
    + b"\n\n"
)
_DONE = b"data: [DONE]\n\n"


class FakeUpstream(asyncio.Protocol):
    """One connection, on which requests follow one another."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]
        self._pending = bytearray()
        self._tasks: set[asyncio.Task[None]] = set()

    def data_received(self, data: bytes) -> None:
        self._pending += data
        while (end := self._pending.find(b"\r\n\r\n")) >= 0:
            head = bytes(self._pending[:end]).lower()
            at = head.find(b"content-length:")
            size = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self._pending) < end + 4 + size:
                return
            body = bytes(self._pending[end + 4 : end + 4 + size])
            del self._pending[: end + 4 + size]
            self._answer(head, body)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        for task in self._tasks:
            task.cancel()

    def _answer(self, head: bytes, body: bytes) -> None:
        wait = _WAIT.search(body)
        if head.startswith(b"get "):
            self._transport.write(_HEALTH)
        elif b'"stream":true' in body or b'"stream": true' in body:
            gap = int(wait[1]) / 1000 if wait else GAP_SECONDS
            task = asyncio.ensure_future(self._stream(gap, with_usage=b"include_usage" in body))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        elif wait:
            asyncio.get_running_loop().call_later(int(wait[1]) / 1000, self._transport.write, _PLAIN)
        else:
            self._transport.write(_PLAIN)

    async def _stream(self, gap: float, *, with_usage: bool) -> None:
        self._transport.write(_STREAM_HEAD)
        for number in range(CHUNKS):
            if number:
                await asyncio.sleep(gap)
            self._transport.write(_CHUNK)
        ending = _LAST + (_USAGE_EVENT if with_usage else b"") + _DONE
        self._transport.write(_framed(ending) + b"0\r\n\r\n")


async def serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(FakeUpstream, "127.0.0.1", port, backlog=4096)
    await server.serve_forever()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(int(sys.argv[1])))
