"""Fetches and reads a provider's usage report, which lists what it billed for each request."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import aiohttp
import msgspec

from foundation.domain.errors import DependencyUnavailable
from foundation.domain.money import nano_usd_at_least


class _Line(msgspec.Struct):
    at: datetime
    request_id: str
    client_request_id: str | None
    model: str
    input_tokens: int
    cached_input_tokens: int
    output_tokens: int
    cost_usd: str


@dataclass(frozen=True, slots=True)
class UsageReport:
    """Rows as the table provider_usage has them.

    `in_flight` are the client request ids that the provider still works on, where it reports them: then the report is
    complete except for them. None where it does not.
    """

    provider: str
    rows: tuple[dict[str, Any], ...]
    in_flight: frozenset[str] | None


async def fetch_report(provider: str, url: str, *, first: date, last: date) -> UsageReport:
    """The report of the days `first` to `last`; `DependencyUnavailable` when the provider does not give it."""
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=120)) as session,
            session.get(url, params={"from": first.isoformat(), "to": last.isoformat()}) as response,
        ):
            response.raise_for_status()
            body = await response.read()
            working = response.headers.get("x-in-flight")
    except (aiohttp.ClientError, TimeoutError) as error:
        raise DependencyUnavailable(f"the usage report of {provider!r} cannot be fetched") from error
    in_flight = None if working is None else frozenset(working.split(","))
    return UsageReport(provider, tuple(_rows(provider, body)), in_flight)


def _rows(provider: str, body: bytes) -> Iterator[dict[str, Any]]:
    decoder = msgspec.json.Decoder(_Line)
    for text in body.splitlines():
        line = decoder.decode(text)
        nano = nano_usd_at_least(Decimal(line.cost_usd))
        yield {
            "provider": provider,
            "provider_request_id": line.request_id,
            "day": line.at.astimezone(UTC).date(),
            "model": line.model,
            "client_request_id": line.client_request_id,
            "input_tokens": line.input_tokens,
            "cached_input_tokens": line.cached_input_tokens,
            "output_tokens": line.output_tokens,
            "cost_nano_usd": int(nano),
        }
