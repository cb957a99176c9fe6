"""The figures of every bus in this process, by the kind of topic."""

from prometheus_client import Counter, Gauge

PUBLISHED = Counter("bus_events_total", "Events that were published inside the process", ["topic"])
MISSED = Counter("bus_events_missed_total", "Events that a subscriber was too slow for, which it was told", ["topic"])
SUBSCRIBERS = Gauge("bus_subscribers", "Subscribers inside the process", ["topic"])
SILENT = Counter("bus_subscribers_cut_total", "Subscribers that took nothing for too long", ["topic"])
HANDLER_FAILURES = Counter(
    "bus_handler_failures_total", "Events that a handler failed at, or took too long for", ["handler"]
)
HANDLER_OPEN = Gauge(
    "bus_handler_breaker_open", "1 while a handler is passed over because it kept failing", ["handler"]
)
