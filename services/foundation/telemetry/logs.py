"""JSON logs, one line an event, with the bound tenant, run, step and trace."""

import json
import logging
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache

from opentelemetry import trace

_bound: ContextVar[dict[str, str] | None] = ContextVar("lockstep_log_bound", default=None)
_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName", "color_message"}
_encode = json.JSONEncoder(default=str, ensure_ascii=False).encode
OURS = ("foundation", "control_plane", "llm_gateway", "orchestrator", "tool_runtime", "lambdas", "__main__")
"""The names below which our own code logs. What others have to say is heard from WARNING on."""


class JsonFormatter(logging.Formatter):
    """timestamp, level, service, logger, message, then what is bound and what the call added."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        added = {name: value for name, value in record.__dict__.items() if name not in _STANDARD}
        if record.exc_info:
            added["traceback"] = self.formatException(record.exc_info)
        return self.line(record.created, record.levelname, record.name, record.getMessage(), added)

    def line(self, created: float, level: str, name: str, message: str, added: Mapping[str, object]) -> str:
        line: dict[str, object] = {
            "timestamp": f"{_second(int(created))}.{int(created % 1 * 1000):03d}Z",
            "level": level,
            "service": self._service,
            "logger": name,
            "message": message,
            **bound(),
        }
        context = trace.get_current_span().get_span_context()
        if context.is_valid:
            line["trace_id"] = f"{context.trace_id:032x}"
            line["span_id"] = f"{context.span_id:016x}"
        line.update(added)
        return _encode(line)


@lru_cache(maxsize=4)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def configure(service: str, *, level: str = "INFO") -> None:
    """Sends every log of this process to standard output as JSON; call it once, in `main()`. `level` is of our own."""
    # No line names its place in the code, its thread or its process, so logging need not look for them (its howto,
    # "Optimization").
    logging._srcfile = None  # noqa: SLF001  # the documented switch
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter(service))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(logging.WARNING, logging.getLevelNamesMapping()[level]))
    for name in OURS:
        logging.getLogger(name).setLevel(level)
    logging.getLogger("stamina").filters[:] = [_Expected()]
    for name in ("uvicorn", "uvicorn.error"):
        uvicorn_logger = logging.getLogger(name)
        uvicorn_logger.handlers.clear()
        uvicorn_logger.propagate = True


class _Expected(logging.Filter):
    """Of a library that warns of each try that failed and is made again: whoever tries says it if none succeeds."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.levelno, record.levelname = logging.DEBUG, "DEBUG"
        return logging.getLogger(OURS[0]).isEnabledFor(logging.DEBUG)


def bound() -> Mapping[str, str]:
    """What every line that is logged here says besides its own words."""
    return _bound.get() or {}


def logger(name: str) -> logging.Logger:
    return logging.getLogger(name)


class FrequentLogLine:
    """An INFO line that is logged on every call: the same line as `logger.info(message, extra=…)`, in half the time."""

    def __init__(self, name: str, message: str) -> None:
        self._logger = logger(name)
        self._message = message

    def log(self, added: Mapping[str, object]) -> None:
        if not self._logger.isEnabledFor(logging.INFO):
            return
        handler = next(iter(logging.getLogger().handlers), None)
        if not (isinstance(handler, logging.StreamHandler) and isinstance(handler.formatter, JsonFormatter)):
            self._logger.info(self._message, extra=added)
            return
        line = handler.formatter.line(time.time(), "INFO", self._logger.name, self._message, added)
        handler.acquire()
        try:
            handler.stream.write(line + handler.terminator)
            handler.flush()
        except OSError:
            # `logging` has its own handling of a stream that cannot be written.
            self._logger.info(self._message, extra=added)
        finally:
            handler.release()


@contextmanager
def bind(**fields: object) -> Iterator[None]:
    """Adds fields (tenant_id, run_id, step_id, …) to every line logged inside, in this task and those it starts."""
    token = _bound.set({**bound(), **{name: str(value) for name, value in fields.items()}})
    try:
        yield
    finally:
        _bound.reset(token)
