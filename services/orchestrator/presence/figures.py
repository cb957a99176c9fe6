"""The figures of this worker's slots, of what waited for them, and of the workers that it sees."""

from prometheus_client import Counter, Gauge, Histogram

SLOTS = Gauge("worker_slots", "Steps that this worker may run at once")
STEPS_RUNNING = Gauge("worker_steps_running", "Steps that this worker holds")
WORKERS_PRESENT = Gauge("workers_present", "Workers that showed themselves in the last seconds, as this one sees them")
BREAKERS = Gauge("worker_circuit_breaker_state", "0 closed, 1 half-open, 2 open", ["breaker"])
POSTPONED = Counter("workflow_steps_postponed", "Steps handed back because a breaker was open", ["breaker"])
QUEUE_WAIT = Histogram(
    "workflow_queue_wait_seconds",
    "From when a step could run until a worker claimed it, in the queue and in line",
    ["kind"],
    buckets=(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800),
)
