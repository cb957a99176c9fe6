"""Server-sent events as a client reads them: what a line says, and where to go on when the connection ends."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx

from lockstep_client.generated.models import RunEventView
from lockstep_client.problems import Forbidden, TooManyRequests, Unauthenticated, Unavailable, Unreachable

_TEXT, _END = "step.text", "stream.end"
_SILENCE_SECONDS = 90.0
"""The server sends a comment long before; who hears nothing for so long has no connection any more."""
_PAUSE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class StreamedText:
    """A piece of what a model says; `offset` counts characters of the turn, and 0 begins it anew.

    What counts is the recorded answer: a higher `fence` is another worker's attempt at the same turn.
    """

    run_id: UUID
    step: str
    item: int | None
    attempt: int
    fence: int
    turn: int
    offset: int
    text: str
    cut: bool


class EventReading:
    """One stream over as many connections as it takes. It gives up after `retry_seconds` without any sign of life."""

    def __init__(
        self,
        last_event_id: str | None,
        *,
        on_text: Callable[[StreamedText], None] | None,
        retry_seconds: float,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.is_closed = False
        """The server has said that this connection is over."""
        self.is_over = False
        """There is nothing more to come."""
        self.pause = _PAUSE_SECONDS
        """Seconds before it connects again."""
        self.timeout = httpx.Timeout(30.0, read=_SILENCE_SECONDS)
        self._last_id = last_event_id
        self._on_text = on_text
        self._retry_seconds = retry_seconds
        self._now = now
        self._alive_at = now()
        self._fields: dict[str, str] = {}

    def headers(self) -> dict[str, str]:
        """Of the next connection."""
        self.is_closed = False
        self._fields = {}
        accept = {"accept": "text/event-stream", "cache-control": "no-store"}
        return accept if self._last_id is None else {**accept, "last-event-id": self._last_id}

    def take(self, line: str) -> Iterator[RunEventView]:
        """The event that this line completes, if it does."""
        self._alive_at = self._now()
        if line:
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            self._fields[name] = f"{self._fields[name]}\n{value}" if name == "data" and name in self._fields else value
            return
        fields, self._fields = self._fields, {}
        if fields.get("retry", "").isdigit():
            self.pause = int(fields["retry"]) / 1000
        if "data" not in fields:
            return
        told = json.loads(fields["data"])
        if fields.get("event") == _END:
            self._closed(told)
        elif fields.get("event") == _TEXT:
            if self._on_text is not None:
                self._on_text(_text(told))
        elif "id" in fields:
            event = RunEventView.from_dict(told)
            # Before it is given away: whoever takes it and breaks off has had it.
            self._last_id = fields["id"]
            yield event

    def ended(self, status: int) -> None:
        """The connection ended without a fault; 204 says that nothing will come."""
        self.is_over = self.is_over or status == httpx.codes.NO_CONTENT
        silent = self._now() - self._alive_at
        if not self.is_over and silent > self._retry_seconds:
            raise Unreachable(f"the stream has said nothing for {silent:.0f} s", was_sent=True)

    def broke(self, error: Exception) -> None:
        """The connection failed, or was refused: the error again, unless it is worth another one."""
        if not isinstance(error, Unreachable | Unavailable | TooManyRequests):
            raise error
        asked = None if isinstance(error, Unreachable) else error.retry_after
        wait = self.pause if asked is None else asked
        if self._now() + wait - self._alive_at > self._retry_seconds:
            raise error
        self.pause = wait

    def _closed(self, told: Any) -> None:
        self.is_closed = True
        reason = told.get("reason") if isinstance(told, dict) else None
        self.is_over = reason == "run_ended"
        if reason == "unauthenticated":
            body = {"title": "Unauthorized", "detail": "the credential has expired or was withdrawn"}
            raise Unauthenticated(httpx.Response(401, json=body))
        if reason == "forbidden":
            body = {"title": "Forbidden", "detail": "whoever reads may not do so any more"}
            raise Forbidden(httpx.Response(403, json=body))


def _text(told: dict[str, Any]) -> StreamedText:
    said = told["data"]
    return StreamedText(
        run_id=UUID(told["run_id"]),
        step=told["step"],
        item=told["item"],
        **{name: said[name] for name in ("attempt", "fence", "turn", "offset", "text", "cut")},
    )
