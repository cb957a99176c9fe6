"""Ends a streamed answer: passes its bytes on, and the last ones only after its usage is settled."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from foundation.domain.errors import LockstepError
from foundation.telemetry.background import TaskSet
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


def _error_event(failure: LockstepError | UpstreamFailed, call: ModelCall) -> bytes:
    return WIRES[call.request.dialect].error_event(failure, str(call.request_id))


class StreamFinisher:
    """Relays streamed answers to their clients, each in a task of its own (its pump), and settles them at their end."""

    def __init__(self, settler: Settler, keeper: AnswerKeeper, *, heartbeat: Heartbeat, drains: Drains) -> None:
        self._settler = settler
        self._keeper = keeper
        self._heartbeat = heartbeat
        self._drains = drains
        self._tasks = TaskSet()

    def start(self, opened: OpenedAnswer) -> Outlet:
        """Start the pump in a task of its own; what it lets out comes through the outlet."""
        outlet = Outlet()
        self._tasks.start(_end_outlet(self.pump(opened, outlet), outlet, opened.attempt.call))
        return outlet

    def start_when_open(self, opening: "asyncio.Task[OpenedAnswer]", call: ModelCall) -> Outlet:
        """The same for an answer that has not begun: the connection is kept alive until then."""
        outlet = Outlet()
        self._tasks.start(_end_outlet(self._pump_when_open(opening, outlet, call), outlet, call))
        return outlet

    async def drain(self) -> None:
        """Waits until every stream has ended and is settled."""
        await self._tasks.wait()

    async def pump(self, opened: OpenedAnswer, outlet: Outlet, *, keep: bool = True) -> None:
        """Read an answer to its end and settle it; without `keep` no caller gets it, and it is not stored."""
        relay = StreamRelay(opened, outlet, keep=keep and opened.attempt.call.identity is not None)
        stop_draining = self._watch_client(opened, outlet)
        try:
            with self._heartbeat.over(outlet):
                last = await self._relay_and_settle(opened, relay, keep=keep)
        except LockstepError as error:
            _log.warning("a stream could not be finished", extra={"code": error.code, "detail": error.detail})
            last = _error_event(error, opened.attempt.call)
        finally:
            opened.answer.close()
            stop_draining()
        await outlet.put(last)
        await outlet.end()

    async def _pump_when_open(self, opening: "asyncio.Task[OpenedAnswer]", outlet: Outlet, call: ModelCall) -> None:
        try:
            with self._heartbeat.over(outlet):
                opened = await opening
        except (LockstepError, UpstreamFailed) as error:
            # The status line has been sent, so the error can only be an event of the stream.
            await outlet.put(_error_event(error, call))
            await outlet.end()
            return
        await self.pump(opened, outlet)

    async def _relay_and_settle(self, opened: OpenedAnswer, relay: StreamRelay, *, keep: bool) -> bytes:
        """Pass on everything but the last event, settle the attempt, and answer the last event."""
        try:
            await self._relay_events(opened, relay)
        except UpstreamFailed as broken_off:
            return await self._settle_failure(opened, relay, _CLIENT_GONE if relay.was_aborted else broken_off)
        opened.permit.report_success()
        outcome = self._outcome(opened, relay, status="succeeded")
        if not keep:
            await self._settler.settle(opened.attempt, outcome)
            return b""
        answer = StoredAnswer(200, CONTENT_TYPE, b"".join([*relay.kept, relay.ending]), answer_headers(opened.attempt))
        await self._keeper.settle_and_keep(opened.attempt, outcome, answer, ending=relay.ending)
        return relay.ending

    async def _settle_failure(self, opened: OpenedAnswer, relay: StreamRelay, failure: UpstreamFailed) -> bytes:
        if failure is _CLIENT_GONE:
            opened.permit.release()
        else:
            opened.permit.report_failure()
        outcome = outcome_of_failure(failure, status="cut")
        if relay.usage is not None:
            outcome = self._outcome(opened, relay, status="cut", error_code=failure.code)
        await self._settler.settle(opened.attempt, outcome)
        return _error_event(failure, opened.attempt.call)

    def _outcome(
        self, opened: OpenedAnswer, relay: StreamRelay, *, status: str, error_code: str | None = None
    ) -> AttemptOutcome:
        return AttemptOutcome(
            status=status,
            usage=relay.usage,
            http_status=200,
            error_code=error_code,
            provider_request_id=opened.answer.request_id,
            first_token_seconds=opened.first_token_seconds,
        )

    async def _relay_events(self, opened: OpenedAnswer, relay: StreamRelay) -> None:
        """Returns when the provider has ended its stream; `UpstreamFailed` when it ends in any other way."""
        loop = asyncio.get_running_loop()
        timeouts = opened.attempt.target.provider.timeouts
        # A worker's call has the time that it has when it is plain.
        idle = timeouts.idle if opened.attempt.call.caller.run is None else timeouts.total
        try:
            async with idle_limit(opened.deadline, idle=idle) as until:
                if await relay.relay(opened.first_events):
                    return
                until.due = min(opened.deadline, loop.time() + idle)
                if opened.chunks is not None and opened.reader is not None:
                    async for chunk in opened.chunks:
                        events = opened.reader.feed(chunk)
                        # While the client takes what has come, nothing is waited for at the provider; a client that
                        # takes nothing is given up by its outlet.
                        until.due = opened.deadline + STALL_SECONDS
                        if await relay.relay(events):
                            return
                        until.due = min(opened.deadline, loop.time() + idle)
        except TimeoutError as error:
            raise stream_failure("upstream_stalled", opened) from error
        raise stream_failure("upstream_cut", opened)

    def _watch_client(self, opened: OpenedAnswer, outlet: Outlet) -> Callable[[], None]:
        """When the client leaves, read on for the usage, or break off where that stops the bill.

        Answers what to call when the stream has ended.
        """
        target = opened.attempt.target
        draining = False

        def client_left() -> None:
            nonlocal draining
            draining = self._drains.begin(target)
            if not draining:
                opened.answer.close()

        def ended() -> None:
            if draining:
                self._drains.end(target)

        if outlet.gone:
            client_left()
        else:
            outlet.on_leave = client_left
        return ended


async def _end_outlet(work: Coroutine[Any, Any, None], outlet: Outlet, call: ModelCall) -> None:
    """Do the work; if it fails unexpectedly, still end the stream, so that the client is not left waiting."""
    try:
        await work
    except Exception:  # noqa: BLE001  # the edge of a stream: log once, tell the caller nothing internal
        _log.exception("a stream failed unexpectedly")
        await outlet.put(_error_event(Unexpected(), call))
        await outlet.end()
