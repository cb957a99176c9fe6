"""The figures of streams: how many readers there are, how they end, and how late events are told."""

from prometheus_client import Counter, Gauge, Histogram

from control_plane.streams.tail import Batch, all_batches
from foundation.telemetry.bus.event_bus import EventBus
from foundation.telemetry.bus.handlers import Handler
from foundation.telemetry.logs import logger

READERS = Gauge("event_stream_readers", "Streams of events that are open")
ENDS = Counter("event_streams_ended_total", "Streams of events that have ended, by why", ["reason"])
LAG = Histogram(
    "event_stream_lag_seconds",
    "From when an event was written until this process read it for its readers",
    buckets=(0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 15, 60),
)

_log = logger(__name__)


async def _measure(batch: Batch) -> None:
    for live in batch.events or ():
        LAG.observe(max(0.0, batch.read_at.timestamp() - live.event.at.timestamp()))


def _unmeasured(count: int) -> None:
    _log.debug("batches of events went by unmeasured", extra={"count": count})


async def measure_lag(bus: EventBus) -> None:
    """Measures what is read live, until the bus is drained."""
    await Handler("event_stream_lag", _measure, _unmeasured).run(bus, all_batches())
