"""One connection to Redis that writes all commands of a loop turn at once, for the two scripts of every call.

A pool pays for each command a lease of a connection, a write and a wake-up of its own; here a hundred calls share them.
Nothing is ever sent twice: a command whose answer did not come has failed, and its caller decides.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from functools import partial
from typing import Any

import hiredis
from redis import exceptions

from llm_gateway.budget.redis import keys
from llm_gateway.budget.redis.base import Argument, Script
from llm_gateway.budget.redis.connection import RedisSettings
from llm_gateway.budget.redis.scripts import check_epoch_source

_Answer = asyncio.Future[Any]
_SECOND_LOOK_SECONDS = 0.05


class _Link(asyncio.Protocol):
    """A connection while it lasts: answers come in the order of the commands."""

    def __init__(self, *, timeout_seconds: float) -> None:
        self._reader = hiredis.Reader(protocolError=exceptions.ConnectionError, replyError=_reply_error)
        self._waiting: deque[_Answer] = deque()
        self._heard_at = 0.0
        """When it last answered, or got a command after a silence."""
        self._outgoing: list[bytes] = []
        self._timeout = timeout_seconds
        self._loop = asyncio.get_running_loop()
        self._watch: asyncio.TimerHandle | None = None
        self._transport: asyncio.Transport | None = None
        self.is_open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # TCP gives a Transport
        self.is_open = True

    def send(self, command: bytes) -> _Answer:
        """The future answer to a packed command."""
        answer: _Answer = self._loop.create_future()
        if not self._waiting:
            self._heard_at = self._loop.time()
        self._waiting.append(answer)
        if not self._outgoing:
            self._loop.call_soon(self._flush)
        self._outgoing.append(command)
        if self._watch is None:
            self._watch = self._loop.call_later(self._timeout, self._check_silence)
        return answer

    def data_received(self, data: bytes) -> None:
        self._heard_at = self._loop.time()
        self._reader.feed(data)
        try:
            while (reply := self._reader.gets()) is not False:
                answer = self._waiting.popleft()
                if answer.done():
                    continue
                if isinstance(reply, Exception):
                    answer.set_exception(reply)
                else:
                    answer.set_result(reply)
        except (exceptions.ConnectionError, IndexError) as error:
            self.close(exceptions.ConnectionError(f"Redis sent a reply that cannot be read: {error}"))

    def connection_lost(self, exc: Exception | None) -> None:
        self.close(exceptions.ConnectionError(f"the connection to Redis broke: {exc}"))

    def close(self, error: Exception) -> None:
        """Close the connection and fail every command that waits for its reply."""
        self.is_open = False
        if self._transport is not None:
            self._transport.abort()
        if self._watch is not None:
            self._watch.cancel()
        waiting, self._waiting = self._waiting, deque()
        for answer in waiting:
            if not answer.done():
                answer.set_exception(error)

    def _flush(self) -> None:
        commands, self._outgoing = self._outgoing, []
        if self._transport is not None and self.is_open:
            self._transport.write(b"".join(commands))

    def _check_silence(self, *, again: bool = False) -> None:
        """Close the link if Redis is silent for too long while commands wait; a long queue that moves is no silence."""
        self._watch = None
        if not self._waiting:
            return
        due = self._heard_at + self._timeout
        if due > self._loop.time():
            self._watch = self._loop.call_at(due, self._check_silence)
        elif again:
            self.close(exceptions.TimeoutError("Redis does not answer"))
        else:
            # The replies may have arrived already, if this loop was too busy to read them.
            self._watch = self._loop.call_later(_SECOND_LOOK_SECONDS, partial(self._check_silence, again=True))


class PipelinedConnection:
    """Runs scripts by their digest; connects when it is needed, and again when it broke."""

    def __init__(self, settings: RedisSettings) -> None:
        self._settings = settings
        self._link: _Link | None = None
        self._connecting: asyncio.Task[_Link] | None = None
        self._loading: dict[str, _Answer] = {}

    async def run(self, script: Script, *, script_keys: Sequence[str], args: Sequence[Argument]) -> Any:
        """The script's answer; a `RedisError` when it is not known whether it ran."""
        link = self._link
        if link is None or not link.is_open:
            link = await self._connected()
        command = _packed("EVALSHA", script.digest, len(script_keys), *script_keys, *args)
        try:
            return await link.send(command)
        except exceptions.NoScriptError:
            # The server does not have the script yet, or no longer (SCRIPT FLUSH), so it did not run.
            await self._loaded(link, script)
            return await link.send(command)

    async def close(self) -> None:
        if self._connecting is not None:
            self._connecting.cancel()
        if self._link is not None:
            self._link.close(exceptions.ConnectionError("the connection is closed"))

    async def _loaded(self, link: _Link, script: Script) -> None:
        """Load a script once for all callers that wait for it."""
        if (loading := self._loading.get(script.digest)) is None:
            loading = self._loading[script.digest] = link.send(_packed("SCRIPT", "LOAD", script.source))
            loading.add_done_callback(lambda _: self._loading.pop(script.digest, None))
        await asyncio.shield(loading)

    async def _connected(self) -> _Link:
        """The one attempt to connect that all callers share."""
        if self._connecting is None:
            self._connecting = asyncio.ensure_future(self._connect())
            self._connecting.add_done_callback(self._has_connected)
        return await asyncio.shield(self._connecting)

    def _has_connected(self, task: "asyncio.Task[_Link]") -> None:
        self._connecting = None
        if not task.cancelled() and task.exception() is None:
            self._link = task.result()

    async def _connect(self) -> _Link:
        url, seconds = self._settings.url, self._settings.timeout_seconds
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(seconds):
                _, link = await loop.create_connection(
                    lambda: _Link(timeout_seconds=seconds),
                    url.host,
                    url.port or 6379,
                    ssl=True if url.scheme == "rediss" else None,
                )
                await self._introduce(link)
        except OSError as error:  # also the time-out
            raise exceptions.ConnectionError("Redis cannot be reached") from error
        return link

    async def _introduce(self, link: _Link) -> None:
        """As every connection: log in, and close the buckets whose counters an earlier process of the server kept."""
        url, settings = self._settings.url, self._settings
        password = settings.password.get_secret_value() if settings.password else url.password
        commands: list[tuple[Argument, ...]] = []
        if password:
            commands.append(("AUTH", url.username or "default", password))
        if database := (url.path or "/").lstrip("/"):
            commands.append(("SELECT", database))
        for command in commands:
            await link.send(_packed(*command))
        server = await link.send(_packed("INFO", "server"))
        run_id = next(line[7:].strip() for line in server.decode().splitlines() if line.startswith("run_id:"))
        source = check_epoch_source()
        checks: list[tuple[Argument, ...]] = [
            ("EVAL", source, 1, keys.epoch(bucket), run_id) for bucket in range(keys.BUCKETS)
        ]
        await asyncio.gather(*(link.send(_packed(*check)) for check in checks))


def _packed(*words: Argument) -> bytes:
    packed: bytes = hiredis.pack_command(words)  # type: ignore[arg-type]  # its stub knows tuples of one word only
    return packed


def _reply_error(message: str) -> exceptions.ResponseError:
    kind = message.partition(" ")[0]
    if kind == "NOSCRIPT":
        return exceptions.NoScriptError(message)
    if kind in {"NOAUTH", "WRONGPASS"}:
        return exceptions.AuthenticationError(message)  # type: ignore[return-value]  # a exceptions.ConnectionError by descent
    return exceptions.ResponseError(message)
