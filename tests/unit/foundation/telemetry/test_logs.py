"""Logs: one JSON line an event, with what is bound."""

import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from fixtures.machine.processes import ROOT
from foundation.telemetry import traces
from foundation.telemetry.logs import OURS, FrequentLogLine, JsonFormatter, bind

SERVICES = ROOT / "services"


class Stream(io.StringIO):
    """A stream that takes nothing once it is `full`."""

    full = False

    def write(self, text: str) -> int:
        if self.full:
            raise OSError("no space left")
        return super().write(text)


@pytest.fixture
def stream() -> Iterator[Stream]:
    """What a process says whose root has one handler."""
    root, said = logging.getLogger(), Stream()
    handler = logging.StreamHandler(said)
    handler.setFormatter(JsonFormatter("control_plane"))
    before, level = root.handlers[:], root.level
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    yield said
    root.handlers[:] = before
    root.setLevel(level)


def line(message: str, *, level: int = logging.INFO, exc: bool = False, **extra: object) -> dict[str, object]:
    record = logging.LogRecord("a.b", level, "f.py", 1, message, None, sys.exc_info() if exc else None)
    record.__dict__.update(extra)
    said: dict[str, object] = json.loads(JsonFormatter("control_plane").format(record))
    return said


def test_what_is_bound_stands_on_every_line_until_it_is_left() -> None:
    with bind(tenant_id="t", run_id="r"), bind(step_id="s"):
        inside = line("x", duration_ms=3)
    assert {"tenant_id": "t", "run_id": "r", "step_id": "s", "duration_ms": 3}.items() <= inside.items()
    assert inside["service"] == "control_plane"
    assert "tenant_id" not in line("x")


def test_an_error_carries_its_traceback() -> None:
    try:
        int("boom")
    except ValueError:
        said = line("failed", level=logging.ERROR, exc=True)
    assert "ValueError: invalid literal" in str(said["traceback"])


def test_the_trace_of_the_caller_goes_on() -> None:
    traces.configure("tests")
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    with traces.span("x", traceparent=parent):
        assert line("x")["trace_id"] == "0af7651916cd43dd8448eb211c80319c"
        assert str(traces.current_traceparent()).startswith("00-0af7651916cd43dd8448eb211c80319c-")
    with traces.span("x", traceparent="garbage"):
        assert traces.current_trace_id() != "0af7651916cd43dd8448eb211c80319c"


def test_what_is_often_said_is_said_as_any_other_line(stream: Stream) -> None:
    added = {"tenant_id": "t", "cost_nano_usd": 3}
    with bind(run_id="r"):
        logging.getLogger("a.b").info("settled", extra=added)
        FrequentLogLine("a.b", "settled").log(added)
    one, other = (json.loads(text) for text in stream.getvalue().splitlines())
    assert {**one, "timestamp": ""} == {**other, "timestamp": ""}
    assert one["timestamp"][:10] == other["timestamp"][:10]
    logging.getLogger().setLevel(logging.WARNING)
    FrequentLogLine("a.b", "settled").log(added)
    assert len(stream.getvalue().splitlines()) == 2


def test_a_stream_that_takes_nothing_does_not_end_what_was_done(
    stream: Stream, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setattr(logging, "raiseExceptions", True)
    stream.full = True
    FrequentLogLine("a.b", "settled").log({})
    assert "no space left" in capsys.readouterr().err


_CHATTER = """
import logging, sys
from foundation.telemetry import logs
logs.configure("test", level=sys.argv[1])
for name in ("control_plane.a", "fontTools.subset", "uvicorn.error", "stamina"):
    for level in ("debug", "info", "warning"):
        getattr(logging.getLogger(name), level)("said")
"""


@pytest.mark.parametrize(
    ("level", "ours", "of_stamina"),
    [("DEBUG", ["DEBUG", "INFO", "WARNING"], ["DEBUG"]), ("INFO", ["INFO", "WARNING"], []), ("ERROR", [], [])],
)
def test_libraries_are_heard_from_warnings_on_and_retries_by_who_looks_closely(
    level: str, ours: list[str], of_stamina: list[str]
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _CHATTER, level], env={"PYTHONPATH": str(SERVICES)}, capture_output=True, check=True
    )
    heard: dict[str, list[str]] = {"control_plane.a": [], "fontTools.subset": [], "uvicorn.error": [], "stamina": []}
    for said in map(json.loads, done.stdout.splitlines()):
        heard[said["logger"]].append(said["level"])
    others = [] if level == "ERROR" else ["WARNING"]
    assert heard == {
        "control_plane.a": ours,
        "fontTools.subset": others,
        "uvicorn.error": others,
        "stamina": of_stamina,
    }


def test_our_own_loggers_are_those_of_our_packages() -> None:
    packages = {one.parent.name for one in SERVICES.glob("*/__init__.py")}
    assert set(OURS) == {*packages, "__main__"}
