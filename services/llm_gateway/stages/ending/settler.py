"""Ends an attempt in the ledger: at its usage where that is known, else at its bound."""

import asyncio
from typing import Any

import msgspec
from msgspec.structs import replace

from foundation.telemetry.logs import FrequentLogLine
from llm_gateway import metrics
from llm_gateway.accounting.attempt_book import AttemptBook
from llm_gateway.accounting.journal import Settlement
from llm_gateway.accounting.usage_event import UsageEvent, encode_event
from llm_gateway.breakers.alerts import Alert, Alerts
from llm_gateway.exchange.failures import Billing, UpstreamFailed
from llm_gateway.exchange.usage import NO_USAGE, Usage
from llm_gateway.stages.call import Attempt

_CHARGED_AT_BOUND = frozenset({"usage_missing", "usage_absurd"})
_MOST_TOKENS = 50_000_000
"""No model uses as many tokens in one call, so a usage above this is the provider's mistake and is not charged."""

_settled_line = FrequentLogLine(__name__, "attempt settled")


class AttemptOutcome(msgspec.Struct, frozen=True):
    """How an attempt ended; `usage` None means that what it took is not known, and its bound is charged."""

    status: str
    usage: Usage | None
    http_status: int | None = None
    error_code: str | None = None
    provider_request_id: str | None = None
    first_token_seconds: float | None = None
    answer_stored: bool = False


def outcome_of_failure(failure: UpstreamFailed, *, status: str = "failed") -> AttemptOutcome:
    """How an attempt that failed this way is settled."""
    return AttemptOutcome(
        status=status,
        usage=NO_USAGE if failure.billing is Billing.NONE else None,
        http_status=failure.status,
        error_code=failure.code,
        provider_request_id=failure.request_id,
    )


class Settler:
    """Ends an attempt's hold with what it cost, and sends an alert where its cost shows a fault."""

    def __init__(self, book: AttemptBook, alerts: Alerts) -> None:
        self._book = book
        self._alerts = alerts

    async def settle(self, attempt: Attempt, outcome: AttemptOutcome) -> None:
        """Returns when Redis has the charge; raises `SettlementUnconfirmed` when only the journal has it."""
        event = self._make_event(attempt, outcome)
        settlement = Settlement(event.total_tokens, event.cost_nano_usd, encode_event(event), outcome.answer_stored)
        names = attempt.call.caller.names
        _count(event, tenant_id=names["tenant_id"])
        if attempt.call.trace is not None:
            attempt.call.trace.attempted(event)
        await self._book.settle(attempt.reservation, settlement)
        _settled_line.log({**names, "event_id": attempt.reservation.name, **_log_fields(event)})

    def _make_event(self, attempt: Attempt, outcome: AttemptOutcome) -> UsageEvent:
        seconds = asyncio.get_running_loop().time() - attempt.started
        first = outcome.first_token_seconds
        why_bound, usage_fields = _usage_fields(attempt, outcome.usage)
        if why_bound in _CHARGED_AT_BOUND:
            metrics.BOUND_CHARGES.labels(attempt.lost.provider, why_bound).inc()
        if outcome.usage is not None and outcome.usage.total_tokens and why_bound is not None:
            self._alert_above_bound(attempt, outcome.usage, why_bound)
        return replace(
            attempt.lost,
            dialect=attempt.call.request.dialect.value,
            status=outcome.status,
            http_status=outcome.http_status,
            error_code=outcome.error_code or why_bound,
            provider_request_id=outcome.provider_request_id,
            latency_ms=int(seconds * 1000),
            first_token_ms=None if first is None else int(first * 1000),
            **usage_fields,
        )

    def _alert_above_bound(self, attempt: Attempt, usage: Usage, why: str) -> None:
        """Reports a usage above its bound: the price table or the provider is wrong, which a person has to correct."""
        self._alerts.send(
            Alert.USAGE_ABOVE_BOUND,
            tenant_id=str(attempt.call.caller.tenant_id),
            event_id=attempt.reservation.name,
            provider=attempt.lost.provider,
            model=attempt.lost.model,
            why=why,
            tokens=usage.total_tokens,
            bound_tokens=attempt.call.bound.tokens,
        )


def _usage_fields(attempt: Attempt, usage: Usage | None) -> tuple[str | None, dict[str, Any]]:
    """The event's fields for a known usage, and a reason where the usage is not what was bounded.

    A usage that is missing or not believed leaves the bound as the charge; one above the bound is charged as it is.
    """
    if usage is None:
        return "usage_missing", {}
    if not _believable(usage):
        return "usage_absurd", {}
    cost = attempt.target.price.cost(usage)
    most = attempt.call.bound.strict or attempt.call.bound
    is_above = max(usage.total_tokens, usage.reasoning_tokens) > most.tokens or cost > most.nano_usd
    return "usage_above_bound" if is_above else None, {
        "usage_source": "none" if usage is NO_USAGE else "provider",
        "input_tokens": usage.input_tokens,
        "cached_input_tokens": usage.cached_input_tokens,
        "cache_write_tokens": usage.cache_write_tokens,
        "output_tokens": usage.output_tokens,
        "reasoning_tokens": usage.reasoning_tokens,
        "total_tokens": usage.total_tokens,
        "cost_nano_usd": cost,
    }


def _believable(usage: Usage) -> bool:
    """Whether the numbers are credible: an answer that reports no tokens at all has lost its usage."""
    written, by_hour = usage.cache_write_tokens, usage.cache_write_1h_tokens
    parts = (usage.input_tokens, usage.output_tokens, usage.cached_input_tokens, written, by_hour)
    if usage is not NO_USAGE and not usage.total_tokens:
        return False
    return (
        max(usage.total_tokens, usage.reasoning_tokens) <= _MOST_TOKENS
        and min(*parts, usage.reasoning_tokens) >= 0
        and by_hour <= written
        and usage.cached_input_tokens + written <= usage.input_tokens
    )


def _log_fields(event: UsageEvent) -> dict[str, object]:
    """What a log line has of an attempt."""
    return {
        "trace_id": event.trace_id,
        "provider": event.provider,
        "model": event.model,
        "status": event.status,
        "usage_source": event.usage_source,
        "tokens_used": event.total_tokens,
        "cost_nano_usd": event.cost_nano_usd,
        "duration_ms": event.latency_ms,
    }


def _count(event: UsageEvent, *, tenant_id: str) -> None:
    metrics.attempts(event.provider, event.model, event.status).inc()
    metrics.latency(event.provider, event.model).observe((event.latency_ms or 0) / 1000)
    metrics.tokens(tenant_id, event.provider, event.model).inc(event.total_tokens)
    metrics.cost(tenant_id, event.provider).inc(event.cost_nano_usd / 1e9)
