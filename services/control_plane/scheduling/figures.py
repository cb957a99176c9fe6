"""What is counted of schedules; whose they are is no label."""

from prometheus_client import Counter

FIRINGS = Counter("schedule_firings_total", "Firings of schedules by what became of them", ["outcome"])
UNREADABLE = Counter("schedule_messages_refused_total", "Messages of the clock that nobody can read")
