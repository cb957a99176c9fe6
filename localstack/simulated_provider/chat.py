"""A model call on either wire: read the request, bill it, and answer it or fail as its model's name asks."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from simulated_provider.answer import Answer, answer_to
from simulated_provider.asgi import ClientWatch, ConnectionCut, Receive, Scope, Send, read_body, respond, start
from simulated_provider.faults import Faults, Flapping, faults_of
from simulated_provider.invoice import Invoice, InvoiceLine
from simulated_provider.prices import cost
from simulated_provider.scripts import Turn
from simulated_provider.tokens import count_text
from simulated_provider.wire import Asked, Wire


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


class ModelCalls:
    """One wire's endpoint; the only state is what flapping faults have seen."""

    def __init__(
        self, wire: Wire, *, scripts: dict[str, tuple[Turn, ...]], invoice: Invoice, chunk_delay: float
    ) -> None:
        self._wire = wire
        self._scripts = scripts
        self._invoice = invoice
        self._chunk_delay = chunk_delay
        self._flapping = Flapping()
        self.in_flight: set[str] = set()
        """The client request ids of answers that are being generated: not billed yet."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        raw = await read_body(receive)
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        try:
            asked = self._wire.read(json.loads(raw), headers)
            faults = faults_of(asked.body["model"])
        except ValueError as problem:
            await respond(send, 400, self._wire.error(str(problem), status=400))
            return
        client_request_id = headers.get("x-client-request-id", "")
        self.in_flight.add(client_request_id)
        watch = ClientWatch(receive)
        try:
            if faults.hang:
                await watch.sleep(None)
                return
            await watch.sleep(faults.slow)
            if faults.status is not None and self._flapping.still_failing(hashlib.sha256(raw).hexdigest(), faults):
                await self._refuse(send, faults)
                return
            exchange = self._exchange(asked, client_request_id or None, faults)
            await (self._stream if exchange.streamed else self._plain)(exchange, send, watch)
        finally:
            self.in_flight.discard(client_request_id)
            await watch.close()

    def _exchange(self, asked: Asked, client_request_id: str | None, faults: Faults) -> Exchange:
        return Exchange(
            model=asked.body["model"],
            request_id=f"{self._wire.id_prefix}{uuid4().hex}",
            client_request_id=client_request_id,
            answer=answer_to(asked.body, scripts=self._scripts, faults=faults, cache=asked.cache),
            faults=faults,
            streamed=bool(asked.body.get("stream")),
            include_usage=asked.include_usage,
        )

    async def _refuse(self, send: Send, faults: Faults) -> None:
        status = faults.status or 500
        headers = {} if faults.retry_after is None else {"retry-after": f"{faults.retry_after:g}"}
        await respond(send, status, self._wire.error("a simulated refusal", status=status), headers)

    async def _plain(self, exchange: Exchange, send: Send, watch: ClientWatch) -> None:
        await self._bill(exchange, exchange.answer.output_tokens)
        faults = exchange.faults
        body = self._wire.whole(
            exchange.answer, exchange.request_id, with_usage=not faults.no_usage, absurd=faults.absurd_usage
        )
        headers = {self._wire.request_id_header: exchange.request_id}
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
        headers = {
            "content-type": "text/event-stream; charset=utf-8",
            self._wire.request_id_header: exchange.request_id,
        }
        await start(send, 200, headers)
        delay = self._chunk_delay if faults.delay is None else faults.delay
        told = exchange.include_usage and not faults.no_usage
        events = self._wire.chunks(exchange.answer, exchange.request_id, include_usage=told)
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
        for chunk in self._wire.ending(
            exchange.answer, exchange.request_id, with_usage=told, absurd=faults.absurd_usage
        ):
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def _goes_wrong(self, exchange: Exchange, sent: int, send: Send, watch: ClientWatch) -> bool:
        """Whether the stream ends here by a fault; what was generated until then is billed."""
        faults = exchange.faults
        if sent not in {faults.cut, faults.stall, faults.malformed, faults.error_event}:
            return False
        await self._bill(exchange, _tokens_of(exchange.answer, sent))
        if sent == faults.stall:
            await watch.sleep(None)
        elif sent == faults.malformed:
            await send({"type": "http.response.body", "body": self._wire.malformed})
        elif sent == faults.error_event:
            await send({"type": "http.response.body", "body": self._wire.error_event})
        else:
            raise ConnectionCut
        return True

    async def _bill(self, exchange: Exchange, output_tokens: int) -> None:
        answer = exchange.answer
        spent = cost(
            exchange.model,
            input_tokens=answer.input_tokens,
            cached_input_tokens=answer.cache.read,
            output_tokens=output_tokens,
            cache=answer.cache,
        )
        await self._invoice.append(
            InvoiceLine(
                at=datetime.now(UTC).isoformat(),
                request_id=exchange.request_id,
                client_request_id=exchange.client_request_id,
                model=exchange.model,
                input_tokens=answer.input_tokens,
                cached_input_tokens=answer.cache.read,
                output_tokens=output_tokens,
                cost_usd=f"{spent:f}",
                cache_write_tokens=answer.cache.written,
            )
        )


def _tokens_of(answer: Answer, sent: int) -> int:
    """Output tokens of the first `sent` events of the first choice: the opening event, then the pieces."""
    return min(count_text("".join(answer.pieces[: max(0, sent - 1)])), answer.output_tokens)
