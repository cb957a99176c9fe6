"""The simulated provider's web application."""

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, date, datetime
from functools import partial
from urllib.parse import parse_qs

from simulated_provider.answers.answer import answer_to
from simulated_provider.answers.request import shaped_like_a_request
from simulated_provider.billing.invoice import Invoice, InvoiceLine
from simulated_provider.faults.clauses import faults_of
from simulated_provider.scripts.turns import load_scripts
from simulated_provider.serving.asgi import ConnectionCut, Receive, Scope, Send, read_body, respond
from simulated_provider.serving.calls import ModelCalls
from simulated_provider.settings import SimulatedProviderSettings
from simulated_provider.wires.chat.wire import ChatWire
from simulated_provider.wires.embeddings.wire import EmbeddingsWire, embedding_answer
from simulated_provider.wires.messages.request import read_messages
from simulated_provider.wires.messages.wire import MessagesWire, counted
from simulated_provider.wires.models import NAMED, described, listed
from simulated_provider.wires.openai.errors import error
from simulated_provider.wires.responses.wire import ResponsesWire

_MODELS = "/v1/models"


class SimulatedProvider:
    """Routes by path; everything else is a 404 as the real provider words it."""

    def __init__(self, settings: SimulatedProviderSettings) -> None:
        self._scripts = load_scripts(*settings.script_folders())
        self._invoice = Invoice(settings.invoice, fsync=settings.fsync)
        self._messages = MessagesWire()
        answer = partial(answer_to, scripts=self._scripts)
        self._calls = {
            path: ModelCalls(wire, answering, self._invoice, settings.chunk_delay)
            for path, wire, answering in (
                ("/v1/chat/completions", ChatWire(), answer),
                ("/v1/responses", ResponsesWire(), answer),
                ("/v1/embeddings", EmbeddingsWire(), embedding_answer),
                ("/v1/messages", self._messages, answer),
            )
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        if scope["type"] != "http":
            return
        match scope["method"], scope["path"]:
            case "POST", path if path in self._calls:
                # The server closes the connection because the application returns without having ended its answer.
                with suppress(ConnectionCut):
                    await self._calls[path](scope, receive, send)
            case "POST", "/v1/messages/count_tokens":
                with suppress(ConnectionCut):
                    await self._count_tokens(receive, send)
            case "GET", path if path == _MODELS or path.startswith(f"{_MODELS}/"):
                await self._models(scope, send)
            case "GET", "/usage":
                await self._usage(scope, send)
            case "GET", "/health":
                await respond(send, 200, json.dumps({"status": "ok", "scripts": sorted(self._scripts)}).encode())
            case _:
                await respond(send, 404, error("unknown request URL", status=404))

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            event = (await receive())["type"].removeprefix("lifespan.")
            if event == "shutdown":
                self._invoice.close()
            await send({"type": f"lifespan.{event}.complete"})
            if event == "shutdown":
                return

    async def _count_tokens(self, receive: Receive, send: Send) -> None:
        try:
            raw = await read_body(receive)
            with shaped_like_a_request():
                body = counted(read_messages(json.loads(raw), counting=True))
        except ValueError as problem:
            await respond(send, 400, self._messages.error(str(problem), status=400))
            return
        await respond(send, 200, body)

    async def _models(self, scope: Scope, send: Send) -> None:
        """The list of models, or one model. Every name is a model, except one that asks for an unknown fault."""
        anthropic = any(name == b"anthropic-version" for name, _ in scope["headers"])
        name = scope["path"].removeprefix(_MODELS).removeprefix("/")
        if not name:
            await respond(send, 200, listed(sorted({*NAMED, *self._scripts}), anthropic=anthropic))
            return
        try:
            faults_of(name)
        except ValueError as problem:
            refuse = self._messages.error if anthropic else error
            await respond(send, 404, refuse(str(problem), status=404))
            return
        await respond(send, 200, described(name, anthropic=anthropic))

    async def _usage(self, scope: Scope, send: Send) -> None:
        """`?day=…` or `?from=…&to=…`: the invoice of those days (UTC), one JSON document a line.

        The header `x-in-flight` names the client requests that are being answered and are not billed yet.
        """
        query = {name: values[-1] for name, values in parse_qs(scope["query_string"].decode()).items()}
        today = datetime.now(UTC).date().isoformat()
        try:
            first = date.fromisoformat(query.get("from") or query.get("day") or today)
            last = date.fromisoformat(query.get("to") or query.get("day") or today)
        except ValueError as problem:
            await respond(send, 400, error(str(problem), status=400))
            return
        # Read before the invoice: an answer that ends in between is then in both, and never in neither.
        in_flight = ",".join(sorted(set().union(*(calls.in_flight for calls in self._calls.values()))))
        report = _json_lines(self._invoice.report(first=first, last=last))
        await respond(send, 200, report, {"content-type": "application/x-ndjson", "x-in-flight": in_flight})


def _json_lines(lines: Iterable[InvoiceLine]) -> bytes:
    return b"".join(json.dumps(asdict(line)).encode() + b"\n" for line in lines)


def create_app(settings: SimulatedProviderSettings) -> SimulatedProvider:
    return SimulatedProvider(settings)
