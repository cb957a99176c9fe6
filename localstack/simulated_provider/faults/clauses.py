"""Faults that a caller chooses by the model's name: `fault-<clause>[+<clause>…]`.

Before an answer (nothing is billed):
`status=429`          answer this status instead        `refuse`           close the connection without an answer
`retry-after=2`       with this header, in seconds      `hang`             never answer at all
`retry-after-ms=1500` in milliseconds                   `garbage`          a 200 that is a page of HTML
`retry-after-date=2`  as the date in so many seconds
`flap=2`              refuse only the first 2 requests with the same body
`fail-every=3`        refuse each third request         `fail-until=1764…` refuse until this second of the epoch

Timing:
`slow=1.5`            seconds before the status         `ttft=1.5`         status at once, seconds before what follows
`delay=0.05`          seconds between chunks

In an answer (what was generated until then is billed); k counts chunks, of which the first opens the stream:
`cut=k`               close the connection after k      `malformed=k`      after k send what is no JSON
`stall=k`             fall silent after k               `error-event=k`    after k send an error event; end
`overload`            error-event=0                     `bad-done`         end cleanly, but without the last event
A plain answer is cut, stalled or malformed in its middle, whatever k is.

Usage (the invoice is always true):
`no-usage`            leave it out                      `zero-usage`       claim that there was none
`absurd-usage`        claim 10^9 tokens                 `duplicate-usage`  send it twice in a stream
`late-usage`          send it after the end of a stream

Bytes:
`tiny`                one byte a write                  `split`            writes end inside characters and frames
`crlf`                lines of a stream end in CRLF     `gzip`             compressed, whatever was asked for
`huge-line=100000`    the second chunk ends in an event of so many bytes

`chunks=40`           answer with this many chunks      `multi-byte`       answer what is not ASCII (as `split`)
`unlimited`           ignore every limit of an answer, under any name
`like=reasoning-1`    answer as this model would; the price stays that of the fault
`unbilled-abort`      when the client goes away, stop and bill only what was sent (otherwise bill to the end)
"""

from dataclasses import dataclass, fields
from typing import Any, get_args, get_type_hints

PREFIX = "fault-"


@dataclass(frozen=True, slots=True)
class Faults:
    """What goes wrong with one answer; by default nothing. A field's name is its clause, with hyphens."""

    status: int | None = None
    retry_after: float | None = None
    retry_after_ms: int | None = None
    retry_after_date: float | None = None
    flap: int | None = None
    fail_every: int | None = None
    fail_until: float | None = None
    refuse: bool = False
    hang: bool = False
    garbage: bool = False
    slow: float = 0.0
    ttft: float = 0.0
    delay: float | None = None
    cut: int | None = None
    stall: int | None = None
    malformed: int | None = None
    error_event: int | None = None
    overload: bool = False
    bad_done: bool = False
    no_usage: bool = False
    zero_usage: bool = False
    absurd_usage: bool = False
    late_usage: bool = False
    duplicate_usage: bool = False
    tiny: bool = False
    split: bool = False
    crlf: bool = False
    gzip: bool = False
    huge_line: int | None = None
    chunks: int | None = None
    multi_byte: bool = False
    unlimited: bool = False
    like: str | None = None
    unbilled_abort: bool = False

    @property
    def error_after(self) -> int | None:
        return 0 if self.overload else self.error_event


def _kinds() -> dict[str, type]:
    """The type of each clause's value; a clause of type bool has no value."""
    hints = get_type_hints(Faults)
    return {field.name: (get_args(hints[field.name]) or (hints[field.name],))[0] for field in fields(Faults)}


_KINDS = _kinds()


def faults_of(model: str) -> Faults:
    """The faults that a model's name asks for; ValueError when it names one that does not exist."""
    if not model.startswith(PREFIX):
        return Faults()
    chosen: dict[str, Any] = {}
    for clause in model.removeprefix(PREFIX).split("+"):
        name, _, value = clause.partition("=")
        name = name.replace("-", "_")
        kind = _KINDS.get(name)
        if kind is None or bool(value) is (kind is bool):
            raise ValueError(f"no such fault: {clause!r}")
        try:
            chosen[name] = kind(value or True)
        except ValueError as problem:
            raise ValueError(f"no such fault: {clause!r}") from problem
    for name in ("flap", "fail_every", "chunks", "huge_line"):
        if chosen.get(name, 1) < 1:
            raise ValueError(f"no such fault: {name} begins at 1")
    return Faults(**chosen)


def imitated_model(model: str) -> str:
    """The model as which a model answers: itself, or the one that the clause `like` names."""
    return faults_of(model).like or model
