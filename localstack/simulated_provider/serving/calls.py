"""A model call on any wire: read the request, then answer it or fail as the model's name asks."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, Protocol
from uuid import uuid4

from simulated_provider.answers.answer import Answer
from simulated_provider.answers.request import ModelRequest, RequestRefused, shaped_like_a_request
from simulated_provider.billing.invoice import Invoice
from simulated_provider.faults.clauses import Faults, faults_of
from simulated_provider.faults.schedule import Schedule
from simulated_provider.serving.asgi import ClientWatch, Receive, Scope, Send, close, read_body, respond
from simulated_provider.serving.delivery import Delivery
from simulated_provider.serving.exchange import Exchange
from simulated_provider.serving.plain import answer_plainly
from simulated_provider.serving.streaming import StreamedAnswer
from simulated_provider.wires.base import Reply, StreamingWire, Wire

_GARBAGE = b"<!DOCTYPE html>\n<html><body><h1>It works!</h1></body></html>\n"


class Answering(Protocol):
    """Makes the answer to a request, with the faults that the model's name asks for."""

    def __call__(self, request: ModelRequest, *, faults: Faults) -> Answer: ...


@dataclass(slots=True)
class ModelCalls:
    """The endpoint of one wire; `answer` makes the answers. Its only state is what scheduled faults have counted."""

    wire: Wire
    answer: Answering
    invoice: Invoice
    chunk_delay: float
    schedule: Schedule = field(default_factory=Schedule)
    in_flight: set[str] = field(default_factory=set)
    """The client request ids of answers that are being generated and are not billed yet."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        client_request_id = headers.get("x-client-request-id", "")
        self.in_flight.add(client_request_id)
        try:
            await self._serve(headers, scope, receive, send)
        finally:
            self.in_flight.discard(client_request_id)

    async def _serve(self, headers: dict[str, str], scope: Scope, receive: Receive, send: Send) -> None:
        raw = await read_body(receive)
        try:
            exchange = self._exchange(json.loads(raw), headers)
        except RequestRefused as problem:
            body = self.wire.error(str(problem), status=400, param=problem.param, code=problem.code)
            await respond(send, 400, body)
            return
        except ValueError as problem:
            await respond(send, 400, self.wire.error(str(problem), status=400))
            return
        watch = ClientWatch(receive)
        try:
            await self._proceed(exchange, raw, scope=scope, send=send, watch=watch)
        finally:
            await watch.close()

    def _exchange(self, body: Any, headers: dict[str, str]) -> Exchange:
        with shaped_like_a_request():
            request = self.wire.read(body, headers)
            faults = faults_of(request.model)
            answer = self.answer(request, faults=faults)
        reply = Reply(f"{self.wire.id_prefix}{uuid4().hex}", request, answer)
        return Exchange(reply, faults, headers.get("x-client-request-id"))

    async def _proceed(self, exchange: Exchange, raw: bytes, *, scope: Scope, send: Send, watch: ClientWatch) -> None:
        faults, request = exchange.faults, exchange.reply.request
        if faults.refuse:
            close(scope)
        if faults.refuse or faults.hang:
            await watch.sleep(None)
            return
        await watch.sleep(faults.slow)
        if watch.gone and faults.unbilled_abort:
            return
        status = self.schedule.refusal(faults, model=request.model, digest=hashlib.sha256(raw).hexdigest())
        if status is not None:
            body = self.wire.error("a simulated refusal", status=status)
            await respond(send, status, body, _retry_headers(faults))
            return
        delivery = Delivery(send, faults)
        if faults.garbage:
            await delivery.start("text/html", {})
            await delivery.write(_GARBAGE)
            await delivery.end()
        elif request.streamed and isinstance(self.wire, StreamingWire):
            delay = self.chunk_delay if faults.delay is None else faults.delay
            await StreamedAnswer(exchange, self.wire, delivery, watch, self.invoice, delay).send()
        else:
            await answer_plainly(exchange, self.wire, delivery=delivery, watch=watch, invoice=self.invoice)


def _retry_headers(faults: Faults) -> dict[str, str]:
    """When a client may try again, in the headers that the fault asks for."""
    headers = {}
    if faults.retry_after is not None:
        headers["retry-after"] = f"{faults.retry_after:g}"
    if faults.retry_after_date is not None:
        moment = datetime.now(UTC) + timedelta(seconds=faults.retry_after_date)
        headers["retry-after"] = format_datetime(moment, usegmt=True)
    if faults.retry_after_ms is not None:
        headers["retry-after-ms"] = str(faults.retry_after_ms)
    return headers
