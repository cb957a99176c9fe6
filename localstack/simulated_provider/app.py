"""The simulated provider's web application."""

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, date, datetime
from urllib.parse import parse_qs

from simulated_provider import openai_wire
from simulated_provider.anthropic_request import read_messages
from simulated_provider.anthropic_wire import AnthropicWire, counted
from simulated_provider.asgi import ConnectionCut, Receive, Scope, Send, read_body, respond
from simulated_provider.chat import ModelCalls
from simulated_provider.invoice import Invoice, InvoiceLine
from simulated_provider.scripts import load_scripts
from simulated_provider.settings import SimulatedProviderSettings


class SimulatedProvider:
    """Routes by path; everything else is a 404 as the real provider words it."""

    def __init__(self, settings: SimulatedProviderSettings) -> None:
        self._scripts = load_scripts(settings.scripts)
        self._invoice = Invoice(settings.invoice, fsync=settings.fsync)
        self._anthropic = AnthropicWire()
        self._calls = {
            path: ModelCalls(wire, scripts=self._scripts, invoice=self._invoice, chunk_delay=settings.chunk_delay)
            for path, wire in (
                ("/v1/chat/completions", openai_wire.OpenAIWire()),
                ("/v1/messages", self._anthropic),
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
                # a server closes the connection of an application that leaves its answer unfinished
                with suppress(ConnectionCut):
                    await self._calls[path](scope, receive, send)
            case "POST", "/v1/messages/count_tokens":
                with suppress(ConnectionCut):
                    await self._count_tokens(receive, send)
            case "GET", "/v1/models":
                await respond(send, 200, self._models())
            case "GET", "/usage":
                await self._usage(scope, send)
            case "GET", "/health":
                await respond(send, 200, json.dumps({"status": "ok", "scripts": sorted(self._scripts)}).encode())
            case _:
                await respond(send, 404, openai_wire.error("unknown request URL", kind="invalid_request_error"))

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
            body = counted(read_messages(json.loads(await read_body(receive)), counting=True))
        except ValueError as problem:
            await respond(send, 400, self._anthropic.error(str(problem), status=400))
            return
        await respond(send, 200, body)

    def _models(self) -> bytes:
        models = [
            {"id": name, "object": "model", "created": 0, "owned_by": "simulated"} for name in sorted(self._scripts)
        ]
        return json.dumps({"object": "list", "data": models}).encode()

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
            await respond(send, 400, openai_wire.error(str(problem), kind="invalid_request_error"))
            return
        # what is in flight is looked at first: an answer that ends in between is in both, never in neither
        in_flight = ",".join(sorted(set().union(*(calls.in_flight for calls in self._calls.values()))))
        report = _json_lines(self._invoice.report(first=first, last=last))
        await respond(send, 200, report, {"content-type": "application/x-ndjson", "x-in-flight": in_flight})


def _json_lines(lines: Iterable[InvoiceLine]) -> bytes:
    return b"".join(json.dumps(asdict(line)).encode() + b"\n" for line in lines)


def create_app(settings: SimulatedProviderSettings) -> SimulatedProvider:
    return SimulatedProvider(settings)
