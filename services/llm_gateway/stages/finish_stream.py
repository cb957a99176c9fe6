"""Ends a streamed answer: passes its bytes on, the last ones only when its usage is settled."""

import asyncio
from dataclasses import dataclass, field

from foundation.domain.errors import LockstepError
from foundation.telemetry.logs import logger
from llm_gateway.dialects.ingress import INGRESS
from llm_gateway.outlet import STALL_SECONDS, Outlet
from llm_gateway.providers.base import Billing, EventKind, StreamEvent, UpstreamFailed
from llm_gateway.replay import AnswerVault, RecordedAnswer
from llm_gateway.stages.dispatch import Opened, failed
from llm_gateway.stages.keep_answer import keep_answer
from llm_gateway.stages.settle import Outcome, Settle
from llm_gateway.usage import Usage

CONTENT_TYPE = "text/event-stream; charset=utf-8"
_MAX_KEPT_BYTES = 64 * 1024 * 1024

_log = logger(__name__)


@dataclass(slots=True)
class _Progress:
    """What of a stream has passed."""

    usage: Usage | None = None
    done: bytes | None = None
    kept: list[bytes] = field(default_factory=list)
    kept_size: int = 0


class FinishStream:
    def __init__(self, settle: Settle, vault: AnswerVault) -> None:
        self._settle = settle
        self._vault = vault
        self._running: set[asyncio.Task[None]] = set()

    def __call__(self, opened: Opened) -> Outlet:
        """Start the pump in a task of its own; what it lets out comes through the outlet."""
        outlet = Outlet()
        task = asyncio.create_task(self._pump(opened, outlet))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return outlet

    async def drain(self) -> None:
        """Wait for all pumps."""
        while self._running:
            await asyncio.wait(self._running)

    async def _pump(self, opened: Opened, outlet: Outlet) -> None:
        progress = _Progress()
        try:
            last = await self._end(opened, outlet, progress)
        except LockstepError as error:
            _log.warning("a stream could not be finished", extra={"code": error.code, "detail": error.detail})
            last = _error_event(opened, error)
        finally:
            opened.answer.close()
        await outlet.put(last)
        await outlet.end()

    async def _end(self, opened: Opened, outlet: Outlet, progress: _Progress) -> bytes:
        """Pass everything on but the end; settle, and answer what the end is."""
        try:
            await self._pass_on(opened, outlet, progress)
        except UpstreamFailed as failure:
            opened.permit.failed()
            outcome = failed(failure, status="cut")
            if progress.usage is not None:
                outcome = self._outcome(opened, progress, status="cut", error_code=failure.code)
            await self._settle(opened.attempt, outcome)
            return _error_event(opened, failure)
        opened.permit.succeeded()
        done = progress.done or b""
        answer = RecordedAnswer(200, CONTENT_TYPE, b"".join([*progress.kept, done]))
        outcome = self._outcome(opened, progress, status="succeeded")
        await keep_answer(self._vault, self._settle, opened.attempt, outcome, answer)
        return done

    def _outcome(self, opened: Opened, progress: _Progress, *, status: str, error_code: str | None = None) -> Outcome:
        return Outcome(
            status=status,
            usage=progress.usage,
            http_status=200,
            error_code=error_code,
            provider_request_id=opened.answer.request_id,
            first_token_seconds=opened.first_token_seconds,
        )

    async def _pass_on(self, opened: Opened, outlet: Outlet, progress: _Progress) -> None:
        """Until the upstream says that it is done; `UpstreamFailed` when it ends in any other way."""
        loop = asyncio.get_running_loop()
        attempt = opened.attempt
        idle = attempt.target.provider.timeouts.idle
        try:
            async with asyncio.timeout_at(opened.deadline) as limit:
                if await self._take(opened, opened.first_events, outlet, progress):
                    return
                limit.reschedule(min(opened.deadline, loop.time() + idle))
                if opened.chunks is not None and opened.reader is not None:
                    async for chunk in opened.chunks:
                        events = opened.reader.feed(chunk)
                        limit.reschedule(opened.deadline + STALL_SECONDS)
                        if await self._take(opened, events, outlet, progress):
                            return
                        limit.reschedule(min(opened.deadline, loop.time() + idle))
        except TimeoutError as error:
            raise UpstreamFailed(
                "upstream_stalled",
                billing=Billing.UNKNOWN,
                retryable=True,
                trips_breaker=True,
                request_id=opened.answer.request_id,
            ) from error
        raise UpstreamFailed(
            "upstream_cut",
            billing=Billing.UNKNOWN,
            retryable=True,
            trips_breaker=True,
            request_id=opened.answer.request_id,
        )

    async def _take(self, opened: Opened, events: list[StreamEvent], outlet: Outlet, progress: _Progress) -> bool:
        """Pass events on; whether the end has come, which is kept back."""
        passing = []
        done = False
        for event in events:
            if event.usage is not None:
                # a provider may repeat its usage; the last one counts
                progress.usage = event.usage
            if event.kind is EventKind.ERROR:
                raise UpstreamFailed("upstream_error", billing=Billing.UNKNOWN, retryable=True, trips_breaker=True)
            if event.kind is EventKind.DONE:
                progress.done, done = event.wire, True
                break
            passing.append(event.wire)
        if wire := b"".join(passing):
            if opened.attempt.call.replayable is not None:
                progress.kept.append(wire)
                progress.kept_size += len(wire)
                if progress.kept_size > _MAX_KEPT_BYTES:
                    raise UpstreamFailed(
                        "upstream_too_large", billing=Billing.UNKNOWN, retryable=False, trips_breaker=False
                    )
            await outlet.put(wire)
        return done


def _error_event(opened: Opened, error: LockstepError | UpstreamFailed) -> bytes:
    """How the caller's dialect says that the stream did not end well."""
    return INGRESS[opened.attempt.call.request.dialect].error_event(error)
