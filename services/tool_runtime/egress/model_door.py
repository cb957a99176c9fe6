"""The one way from a job to the LLM gateway: what it asks is written anew, under its step's token and the call's key.

The path has to be one of those that the gateway's wires serve, the model the one that the tool was called with, and of
the client's headers go on the few that a wire reads: what runs in the job, and what a repository tells it, may neither
choose a dearer model nor one that nobody named. The key is made of the request, so that a job that is run once more and
asks the same is given the answers that were paid for before; so is a client that asks again because the answer broke
off.
"""

import asyncio
import re
import ssl
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from foundation.contracts.egress.records import EgressReason
from foundation.contracts.gateway.job_access import CALL_PATHS, COUNTING_PATHS, MODELS_PATH
from foundation.contracts.gateway.model_call import CALL_KEY_HEADER, call_key
from foundation.contracts.tool_job import MIB
from foundation.domain.ids import JobId, RunId, StepId
from tool_runtime.egress.digests import asked_in
from tool_runtime.egress.grammar import HTTP_PORT, HTTPS_PORT, ProxyRequest, malformed
from tool_runtime.egress.limits import Meter
from tool_runtime.egress.refusals import RefusedError
from tool_runtime.egress.transfers import Dial, Ends, Stream, Transfer, answered, pieces_of_body

KEY_NAME = "run-token"
"""By which records of requests name what was added."""
MAX_BODY = 32 * MIB
"""As much as the gateway takes."""
BODY_SECONDS = 60.0
CONNECT_SECONDS = 10.0
_AT_ONCE = 4
"""Calls of one job, whose bodies are held here; more wait."""
_PASSED = frozenset({"accept", "content-type", "user-agent", "anthropic-version", "anthropic-beta"})
_MODEL = re.compile(r"[A-Za-z0-9._:@-]{1,200}")
_NO_BUDGET = re.compile(rb"HTTP/1\.[01] 402 ")
"""How the gateway answers a call for which a budget has nothing left."""
_SUCCESS = re.compile(rb"HTTP/1\.[01] 2[0-9]{2} ")

_OWN_NUMBERS = 1 << 31


class RunTokenUnavailable(Exception):
    """The token cannot be had; the text says why."""


@dataclass(frozen=True, slots=True)
class GatewayPlace:
    """Where the gateway is, as the operator says."""

    host: str
    port: int
    is_tls: bool

    @classmethod
    def of(cls, url: str) -> "GatewayPlace":
        """Raises `ValueError` on what is no http(s) address of a host without a path."""
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
            raise ValueError("write the gateway's address without a path, such as http://gateway:8081")
        is_tls = parts.scheme == "https"
        return cls(parts.hostname, parts.port or (HTTPS_PORT if is_tls else HTTP_PORT), is_tls)

    @property
    def authority(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass
class CallKeys:
    """The keys of one job's calls. Equal requests of it are counted; what was not answered is counted again."""

    run_id: RunId
    step_id: StepId
    turn: int
    job_id: JobId
    _taken: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    @contextmanager
    def of(self, digest: str | None) -> Iterator["KeyedCall"]:
        """The key of a call with this digest, which is not given again once the call is `answered`."""
        if digest is None:
            yield KeyedCall(None)
            return
        taken = self._taken[digest]
        number = next(number for number in range(len(taken) + 1) if number not in taken)
        taken.add(number)
        # Numbers of the job's own: two jobs of one turn are two pieces of work, though they ask the same.
        occurrence = self.job_id.int % _OWN_NUMBERS + number
        call = KeyedCall(call_key(self.run_id, self.step_id, self.turn, digest, occurrence))
        try:
            yield call
        finally:
            if not call.is_answered:
                taken.discard(number)


@dataclass
class KeyedCall:
    """One call; `key` is None where its body is not one that the gateway would take."""

    key: str | None
    is_answered: bool = False


@dataclass
class ModelDoor:
    """One job's. `run_token` is asked for each request, as tokens live minutes and jobs up to an hour."""

    place: GatewayPlace
    keys: CallKeys
    run_token: Callable[[], Awaitable[str]]
    model: str
    most_calls: int
    traceparent: str | None = None
    dial: Dial = asyncio.open_connection
    calls: int = 0
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    async def pass_on(self, client: Stream, request: ProxyRequest, transfer: Transfer) -> None:
        """Makes the request of the gateway. Raises `RefusedError`."""
        path = _path(request)
        is_call = path in CALL_PATHS
        if is_call:
            self._count_call()
        async with self._room:
            body = await _whole_body(client[0], request, transfer.meter)
            digest = await self._allowed(body) if request.method == "POST" else None
            with self.keys.of(digest if is_call else None) as call:
                token = await self._token()
                transfer.entry.secrets = (KEY_NAME,)
                server = await self._dial()
                try:
                    transfer.entry.let_through(None)
                    await transfer.up(self._head(request, path, token, call.key, len(body)) + body, server[1])
                    del body
                    await self._answer(transfer, Ends(client, server), call)
                finally:
                    server[1].close()

    async def _answer(self, transfer: Transfer, ends: Ends, call: KeyedCall) -> None:
        began = await answered(transfer, ends)
        call.is_answered = began is not None and _SUCCESS.match(began) is not None
        transfer.entry.ended()
        if began is not None and _NO_BUDGET.match(began):
            transfer.entry.reason = EgressReason.BUDGET_EXCEEDED

    def _count_call(self) -> None:
        if self.calls >= self.most_calls:
            raise RefusedError(
                EgressReason.TOO_MANY_MODEL_CALLS, f"this call of the tool may call models {self.most_calls} times"
            )
        self.calls += 1

    async def _allowed(self, body: bytes) -> str:
        """The digest of a body that asks the one model."""
        asked = await asked_in(body)
        if asked is None:
            raise malformed("the body of a call is one JSON object that names its model")
        if asked.model != self.model:
            raise RefusedError(
                EgressReason.MODEL_NOT_ALLOWED, f"this call of the tool may call the model {self.model} alone"
            )
        return asked.digest

    async def _token(self) -> str:
        try:
            return await self.run_token()
        except RunTokenUnavailable as error:
            raise RefusedError(EgressReason.UNREACHABLE, f"models cannot be called now: {error}") from error

    async def _dial(self) -> Stream:
        tls = ssl.create_default_context() if self.place.is_tls else None
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                return await self.dial(self.place.host, self.place.port, ssl=tls)
        except OSError as error:  # of which a timeout is one
            raise RefusedError(EgressReason.UNREACHABLE, "the gateway could not be connected to") from error

    def _head(self, request: ProxyRequest, path: str, token: str, key: str | None, length: int) -> bytes:
        kept = [(name.lower(), value) for name, value in request.headers if name.lower() in _PASSED]
        own = [("host", self.place.authority), ("connection", "close"), ("authorization", f"Bearer {token}")]
        if request.method == "POST":
            own.append(("content-length", str(length)))
        if key is not None:
            own.append((CALL_KEY_HEADER, key))
        if self.traceparent is not None:
            own.append(("traceparent", self.traceparent))
        lines = [f"{request.method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in (*own, *kept))]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _path(request: ProxyRequest) -> str:
    """The path that the gateway is asked for, without what is written behind it, which no wire reads."""
    path = (request.path or "").partition("?")[0]
    if request.method == "POST" and path in CALL_PATHS | COUNTING_PATHS:
        return path
    if request.method == "GET":
        above, _, model = path.rpartition("/")
        if path == MODELS_PATH or (above == MODELS_PATH and _MODEL.fullmatch(model) and model.strip(".")):
            return path
    served = ", ".join(sorted(CALL_PATHS | COUNTING_PATHS))
    raise RefusedError(EgressReason.PATH_NOT_ALLOWED, f"a job may POST to {served}, and GET {MODELS_PATH}")


async def _whole_body(reader: asyncio.StreamReader, request: ProxyRequest, meter: Meter) -> bytes:
    encodings = {value.lower() for name, value in request.headers if name.lower() == "content-encoding"}
    if encodings - {"identity"}:
        raise malformed("the body of a call is sent as it is, without an encoding")
    body = bytearray()
    async with asyncio.timeout(BODY_SECONDS):
        async for piece in pieces_of_body(reader, request.length, meter):
            body += piece
            if len(body) > MAX_BODY:
                raise RefusedError(EgressReason.TOO_MANY_BYTES, f"a call has at most {MAX_BODY} bytes")
    return bytes(body)
