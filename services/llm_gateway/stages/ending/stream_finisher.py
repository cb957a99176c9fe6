"""Ends a streamed answer: passes its bytes on, the last ones only when its usage is settled."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from foundation.domain.errors import LockstepError
from foundation.telemetry.logs import logger
from llm_gateway.exchange.failures import UpstreamFailed, client_gone
from llm_gateway.replays.vault import StoredAnswer
from llm_gateway.stages.budget_headers import answer_headers
from llm_gateway.stages.call import ModelCall, OpenedAnswer
from llm_gateway.stages.ending.answer_keeper import AnswerKeeper
from llm_gateway.stages.ending.settler import AttemptOutcome, Settler, outcome_of_failure
from llm_gateway.stages.ending.stream_relay import StreamRelay, stream_failure
from llm_gateway.streaming.drains import Drains
from llm_gateway.streaming.heartbeat import Heartbeat
from llm_gateway.streaming.idle_limit import idle_limit
from llm_gateway.streaming.outlet import STALL_SECONDS, Outlet
from llm_gateway.wires.errors import Unexpected
from llm_gateway.wires.registry import WIRES

CONTENT_TYPE = "text/event-stream; charset=utf-8"

_CLIENT_GONE = client_gone()

_log = logger(__name__)


def _event_of(failure: LockstepError | UpstreamFailed, call: ModelCall) -> bytes:
    return WIRES[call.request.dialect].error_event(failure, str(call.request_id))


class StreamFinisher:
    def __init__(self, settle: Settler, keep: AnswerKeeper, *, heartbeat: Heartbeat, drains: Drains) -> None:
        self._settle = settle
        self._keep = keep
        self._heartbeat = heartbeat
        self._drains = drains
        self._running: set[asyncio.Task[None]] = set()

    def __call__(self, opened: OpenedAnswer) -> Outlet:
        """Start the pump in a task of its own; what it lets out comes through the outlet."""
        outlet = Outlet()
        self._start(self.pump(opened, outlet), outlet, opened.attempt.call)
        return outlet

    def later(self, opening: "asyncio.Task[OpenedAnswer]", call: ModelCall) -> Outlet:
        """The same for an answer that has not begun: the connection is kept alive until then."""
        outlet = Outlet()
        self._start(self._when_open(opening, outlet, call), outlet, call)
        return outlet

    async def drain(self) -> None:
        """Wait for all pumps."""
        while self._running:
            await asyncio.wait(self._running)

    async def pump(self, opened: OpenedAnswer, outlet: Outlet, *, keep: bool = True) -> None:
        """Bring an answer to its end and its charge; without `keep` it is nobody's answer and not stored."""
        passing = StreamRelay(opened, outlet, keep=keep and opened.attempt.call.replayable is not None)
        forget = self._when_the_client_leaves(opened, outlet)
        try:
            with self._heartbeat.over(outlet):
                last = await self._end(opened, passing, keep=keep)
        except LockstepError as error:
            _log.warning("a stream could not be finished", extra={"code": error.code, "detail": error.detail})
            last = _event_of(error, opened.attempt.call)
        finally:
            opened.answer.close()
            forget()
        await outlet.put(last)
        await outlet.end()

    async def _when_open(self, opening: "asyncio.Task[OpenedAnswer]", outlet: Outlet, call: ModelCall) -> None:
        try:
            with self._heartbeat.over(outlet):
                opened = await opening
        except (LockstepError, UpstreamFailed) as error:
            # the status line has left: the error can only be an event
            await outlet.put(_event_of(error, call))
            await outlet.end()
            return
        await self.pump(opened, outlet)

    async def _end(self, opened: OpenedAnswer, passing: StreamRelay, *, keep: bool) -> bytes:
        """Pass everything on but the end; settle, and answer what the end is."""
        try:
            await self._pass_on(opened, passing)
        except UpstreamFailed as broken_off:
            return await self._end_badly(opened, passing, _CLIENT_GONE if passing.aborted else broken_off)
        opened.permit.succeeded()
        outcome = self._outcome(opened, passing, status="succeeded")
        if not keep:
            await self._settle(opened.attempt, outcome)
            return b""
        answer = StoredAnswer(
            200, CONTENT_TYPE, b"".join([*passing.kept, passing.ending]), answer_headers(opened.attempt)
        )
        await self._keep(opened.attempt, outcome, answer, ending=passing.ending)
        return passing.ending

    async def _end_badly(self, opened: OpenedAnswer, passing: StreamRelay, failure: UpstreamFailed) -> bytes:
        if failure is _CLIENT_GONE:
            opened.permit.nothing_learned()
        else:
            opened.permit.failed()
        outcome = outcome_of_failure(failure, status="cut")
        if passing.usage is not None:
            outcome = self._outcome(opened, passing, status="cut", error_code=failure.code)
        await self._settle(opened.attempt, outcome)
        return _event_of(failure, opened.attempt.call)

    def _outcome(
        self, opened: OpenedAnswer, passing: StreamRelay, *, status: str, error_code: str | None = None
    ) -> AttemptOutcome:
        return AttemptOutcome(
            status=status,
            usage=passing.usage,
            http_status=200,
            error_code=error_code,
            provider_request_id=opened.answer.request_id,
            first_token_seconds=opened.first_token_seconds,
        )

    async def _pass_on(self, opened: OpenedAnswer, passing: StreamRelay) -> None:
        """Until the upstream says that it is done; `UpstreamFailed` when it ends in any other way."""
        loop = asyncio.get_running_loop()
        idle = opened.attempt.target.provider.timeouts.idle
        try:
            async with idle_limit(opened.deadline, idle=idle) as until:
                if await passing.take(opened.first_events):
                    return
                until.due = min(opened.deadline, loop.time() + idle)
                if opened.chunks is not None and opened.reader is not None:
                    async for chunk in opened.chunks:
                        events = opened.reader.feed(chunk)
                        until.due = opened.deadline + STALL_SECONDS
                        if await passing.take(events):
                            return
                        until.due = min(opened.deadline, loop.time() + idle)
        except TimeoutError as error:
            raise stream_failure("upstream_stalled", opened) from error
        raise stream_failure("upstream_cut", opened)

    def _when_the_client_leaves(self, opened: OpenedAnswer, outlet: Outlet) -> Callable[[], None]:
        """Read on for the usage, or break off where that stops the bill; answers what to do when all is over."""
        target = opened.attempt.target
        draining = False

        def left() -> None:
            nonlocal draining
            draining = self._drains.begin(target)
            if not draining:
                opened.answer.close()

        def over() -> None:
            if draining:
                self._drains.end(target)

        if outlet.gone:
            left()
        else:
            outlet.on_leave = left
        return over

    def _start(self, work: Coroutine[Any, Any, None], outlet: Outlet, call: ModelCall) -> None:
        task = asyncio.create_task(_ended(work, outlet, call))
        self._running.add(task)
        task.add_done_callback(self._running.discard)


async def _ended(work: Coroutine[Any, Any, None], outlet: Outlet, call: ModelCall) -> None:
    """The work; whatever becomes of it, the client is not left waiting."""
    try:
        await work
    except Exception:  # noqa: BLE001  # the edge of a stream: log once, tell the caller nothing internal
        _log.exception("a stream failed unexpectedly")
        await outlet.put(_event_of(Unexpected("the gateway failed"), call))
        await outlet.end()
