"""POST /v1/chat/completions: read the request, bill it, and answer it or fail as its model's name asks."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from simulated_provider import openai_wire
from simulated_provider.answer import Answer, answer_to
from simulated_provider.asgi import ClientWatch, ConnectionCut, Receive, Scope, Send, read_body, respond, start
from simulated_provider.faults import Faults, Flapping, faults_of
from simulated_provider.invoice import Invoice, InvoiceLine
from simulated_provider.prices import cost
from simulated_provider.scripts import Turn
from simulated_provider.tokens import count_text

_KINDS = {400: "invalid_request_error", 401: "authentication_error", 429: "rate_limit_error"}


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request on its way: what was asked, what will be said, and what goes wrong."""

    model: str
    request_id: str
    client_request_id: str | None
    answer: Answer
    faults: Faults
    streamed: bool
    include_usage: bool


class ChatCompletions:
    """The endpoint; the only state is what flapping faults have seen."""

    def __init__(self, *, scripts: dict[str, tuple[Turn, ...]], invoice: Invoice, chunk_delay: float) -> None:
        self._scripts = scripts
        self._invoice = invoice
        self._chunk_delay = chunk_delay
        self._flapping = Flapping()
        self.in_flight: set[str] = set()
        """The client request ids of answers that are being generated: not billed yet."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        raw = await read_body(receive)
        try:
            body = json.loads(raw)
            _check(body)
            faults = faults_of(body["model"])
        except ValueError as problem:
            await respond(send, 400, openai_wire.error(str(problem), kind="invalid_request_error"))
            return
        client_request_id = dict(scope["headers"]).get(b"x-client-request-id", b"").decode()
        self.in_flight.add(client_request_id)
        watch = ClientWatch(receive)
        try:
            if faults.hang:
                await watch.sleep(None)
                return
            await watch.sleep(faults.slow)
            if faults.status is not None and self._flapping.still_failing(hashlib.sha256(raw).hexdigest(), faults):
                await _refuse(send, faults)
                return
            exchange = self._exchange(body, scope, faults)
            await (self._stream if exchange.streamed else self._plain)(exchange, send, watch)
        finally:
            self.in_flight.discard(client_request_id)
            await watch.close()

    def _exchange(self, body: dict[str, Any], scope: Scope, faults: Faults) -> Exchange:
        headers = dict(scope["headers"])
        client_request_id = headers.get(b"x-client-request-id")
        return Exchange(
            model=body["model"],
            request_id=f"chatcmpl-{uuid4().hex}",
            client_request_id=client_request_id.decode() if client_request_id else None,
            answer=answer_to(body, scripts=self._scripts, faults=faults),
            faults=faults,
            streamed=bool(body.get("stream")),
            include_usage=bool((body.get("stream_options") or {}).get("include_usage")),
        )

    async def _plain(self, exchange: Exchange, send: Send, watch: ClientWatch) -> None:
        await self._bill(exchange, exchange.answer.output_tokens)
        faults = exchange.faults
        body = openai_wire.completion(
            exchange.answer, exchange.request_id, with_usage=not faults.no_usage, absurd=faults.absurd_usage
        )
        headers = {"x-request-id": exchange.request_id}
        if faults.malformed is not None:
            body = body[: len(body) // 2]
        if faults.cut is not None or faults.stall is not None:
            await start(send, 200, {"content-type": "application/json", "content-length": str(len(body)), **headers})
            await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
            if faults.stall is not None:
                await watch.sleep(None)
            raise ConnectionCut
        await respond(send, 200, body, headers)

    async def _stream(self, exchange: Exchange, send: Send, watch: ClientWatch) -> None:
        faults = exchange.faults
        await start(
            send, 200, {"content-type": "text/event-stream; charset=utf-8", "x-request-id": exchange.request_id}
        )
        delay = self._chunk_delay if faults.delay is None else faults.delay
        events = openai_wire.chunks(exchange.answer, exchange.request_id, include_usage=exchange.include_usage)
        for sent, chunk in enumerate(events):
            if sent and delay:
                await watch.sleep(delay)
            if watch.gone and faults.unbilled_abort:
                await self._bill(exchange, _tokens_of(exchange.answer, sent))
                return
            if await self._goes_wrong(exchange, sent, send, watch):
                return
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await self._bill(exchange, exchange.answer.output_tokens)
        if exchange.include_usage and not faults.no_usage:
            usage = openai_wire.usage_event(exchange.answer, exchange.request_id, absurd=faults.absurd_usage)
            await send({"type": "http.response.body", "body": usage, "more_body": True})
        await send({"type": "http.response.body", "body": b"data: [DONE]\n\n"})

    async def _goes_wrong(self, exchange: Exchange, sent: int, send: Send, watch: ClientWatch) -> bool:
        """Whether the stream ends here by a fault; what was generated until then is billed."""
        faults = exchange.faults
        if sent not in {faults.cut, faults.stall, faults.malformed, faults.error_event}:
            return False
        await self._bill(exchange, _tokens_of(exchange.answer, sent))
        if sent == faults.stall:
            await watch.sleep(None)
        elif sent == faults.malformed:
            await send({"type": "http.response.body", "body": b'data: {"choices": [{"del\n\n'})
        elif sent == faults.error_event:
            event = b"data: " + openai_wire.error("The server had an error", kind="server_error") + b"\n\n"
            await send({"type": "http.response.body", "body": event})
        else:
            raise ConnectionCut
        return True

    async def _bill(self, exchange: Exchange, output_tokens: int) -> None:
        answer = exchange.answer
        spent = cost(
            exchange.model, input_tokens=answer.input_tokens, cached_input_tokens=0, output_tokens=output_tokens
        )
        await self._invoice.append(
            InvoiceLine(
                at=datetime.now(UTC).isoformat(),
                request_id=exchange.request_id,
                client_request_id=exchange.client_request_id,
                model=exchange.model,
                input_tokens=answer.input_tokens,
                cached_input_tokens=0,
                output_tokens=output_tokens,
                cost_usd=f"{spent:f}",
            )
        )


def _check(body: Any) -> None:
    """ValueError when a body is not a chat completions request."""
    if not isinstance(body, dict) or not isinstance(body.get("model"), str):
        raise ValueError("you must provide a model parameter")  # noqa: TRY004
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages or not all(isinstance(message, dict) for message in messages):
        raise ValueError("messages must be a non-empty list of objects")
    for name in ("max_tokens", "max_completion_tokens", "n"):
        value = body.get(name)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
            raise ValueError(f"{name} must be a positive integer")


async def _refuse(send: Send, faults: Faults) -> None:
    status = faults.status or 500
    headers = {} if faults.retry_after is None else {"retry-after": f"{faults.retry_after:g}"}
    kind = _KINDS.get(status, "server_error" if status >= 500 else "invalid_request_error")  # noqa: PLR2004
    await respond(send, status, openai_wire.error("a simulated refusal", kind=kind), headers)


def _tokens_of(answer: Answer, sent: int) -> int:
    """Output tokens of the first `sent` events of the first choice: the opening event, then the pieces."""
    return min(count_text("".join(answer.pieces[: max(0, sent - 1)])), answer.output_tokens)
