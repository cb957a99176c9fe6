"""What the launcher reports to Prometheus."""

from prometheus_client import Counter, Gauge, Histogram

_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)

JOBS = Counter("tool_jobs_total", "Tool jobs that ended", ["tool", "status", "reason"])
JOB_DURATION = Histogram("tool_job_duration_seconds", "From submission to result", ["tool"], buckets=_SECONDS)
QUEUED = Gauge("tool_jobs_queued", "Jobs that wait for a runner")
RUNNING = Gauge("tool_jobs_running", "Jobs that a runner holds")
RUNNERS = Gauge("tool_runners", "Runners alive, spare ones included")
RUNNERS_LOST = Counter("tool_runners_lost_total", "Runners that ended without handing in their job's result")
EGRESS_MISSING = Gauge("tool_egress_missing", "1 while jobs leave by an egress service and none is there")
TASK_START_FAILURES = Counter("tool_task_start_failures_total", "Starts of tasks that ECS did not accept", ["reason"])
TASKS_ORPHANED = Counter("tool_tasks_orphaned_total", "Tasks that outlived every runner and were stopped")
