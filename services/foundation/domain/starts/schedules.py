"""Schedules: when they fire is told by a calendar; here is what becomes of firings that are due."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from foundation.domain.ids import ScheduleId

LATE_SECONDS = 300
"""A firing that is attended to later than this has been missed; whether it is made up for is the schedule's to say."""
MOST_CAUGHT_UP = 50
"""Firings that one schedule makes up for after an outage, the newest ones."""
MOST_LISTED = 100
"""Missed firings of one outage that get a row each; the others before them share one."""
MOST_QUEUED = 20
"""Firings of one schedule that wait for the run before."""
CAUGHT_UP_WITHIN = timedelta(days=7)
"""How long a firing may be in the past and still be made up for."""


class Overlap(StrEnum):
    """What a firing does while a run of the same schedule is open."""

    SKIP = "skip"
    QUEUE = "queue"
    ALLOW = "allow"


class CatchUp(StrEnum):
    """Which firings are made up for that nobody could attend to in time."""

    NONE = "none"
    LATEST = "latest"
    ALL = "all"


class FiringStatus(StrEnum):
    """What became of a firing; `waiting` is one whose jitter has not passed, or that stands behind an open run."""

    WAITING = "waiting"
    STARTED = "started"
    SKIPPED = "skipped"


class FiringReason(StrEnum):
    """Why a firing has started no run."""

    OVERLAP = "overlap"
    QUEUE_FULL = "queue_full"
    PAUSED = "paused"
    DELETED = "deleted"
    MISSED = "missed"
    BUDGET = "budget"
    NOT_PERMITTED = "not_permitted"
    TENANT_SUSPENDED = "tenant_suspended"
    TASK_GONE = "task_gone"
    TASK_REFUSED = "task_refused"
    OPEN_RUNS = "open_runs"
    QUOTA = "quota"
    KILL_SWITCH = "kill_switch"


FAULTS = frozenset({FiringReason.NOT_PERMITTED, FiringReason.TASK_GONE, FiringReason.TASK_REFUSED})
"""Reasons that somebody has to mend: they count as failures of the schedule, as runs do that do not complete."""

TOLD_AT = 3
"""Failures in a row at which a schedule is told to be failing; told again whenever they have doubled."""


def is_told(failures: int) -> bool:
    """Whether this many failures in a row are told of: 3, 6, 12, and so on, twice as many each time."""
    times, rest = divmod(failures, TOLD_AT)
    return rest == 0 and times > 0 and times & (times - 1) == 0


@dataclass(frozen=True, slots=True)
class Timing:
    """When a schedule fires: exactly one of `cron`, `every_seconds` and `at` is set.

    `every_seconds` counts from `anchor`, at which it does not fire.
    """

    cron: str | None
    every_seconds: int | None
    at: datetime | None
    time_zone: str
    anchor: datetime


@dataclass(frozen=True, slots=True)
class Missed:
    """Firings that nobody attended to in time: `count` of them from `first` to `last`; None: more than were counted."""

    first: datetime
    last: datetime
    count: int | None


@dataclass(frozen=True, slots=True)
class DueFirings:
    """What becomes of the firings that are due: those that begin to wait, and those that were missed."""

    to_wait: Sequence[datetime]
    missed: Sequence[Missed]


def sort_out(
    times: Sequence[datetime], *, now: datetime, catch_up: CatchUp, uncounted: Missed | None = None
) -> DueFirings:
    """`times` are due and in order; before them lie those of `uncounted`, which are too old to be looked at."""
    on_time = [time for time in times if now - time <= timedelta(seconds=LATE_SECONDS)]
    late = list(times[: len(times) - len(on_time)])
    made_up: list[datetime] = []
    if catch_up is CatchUp.ALL:
        made_up = late[-MOST_CAUGHT_UP:]
    elif catch_up is CatchUp.LATEST and late and not on_time:
        # One that is on time is the latest itself.
        made_up = late[-1:]
    lost = late[: len(late) - len(made_up)]
    return DueFirings([*made_up, *on_time], _missed(lost, uncounted))


def _missed(lost: Sequence[datetime], uncounted: Missed | None) -> list[Missed]:
    shared, listed = lost[:-MOST_LISTED], lost[-MOST_LISTED:]
    rows = [Missed(time, time, 1) for time in listed]
    if uncounted is not None:
        return [replace(uncounted, last=shared[-1]) if shared else uncounted, *rows]
    if shared:
        return [Missed(shared[0], shared[-1], len(shared)), *rows]
    return rows


def jitter_of(schedule_id: ScheduleId, fires_at: datetime, *, most_seconds: int) -> timedelta:
    """How much later than its time a firing starts its run: between nothing and `most_seconds`, always the same."""
    if most_seconds == 0:
        return timedelta()
    digest = hashlib.sha256(f"{schedule_id} {fires_at.timestamp():.0f}".encode()).digest()
    return timedelta(seconds=int.from_bytes(digest[:8]) % (most_seconds + 1))


@dataclass(frozen=True, slots=True)
class OpenRuns:
    """Runs of the schedule that have not ended, and whether one of them is paused because a budget is spent."""

    count: int
    budget_spent: bool


class OverlapVerdict(StrEnum):
    """What a firing does whose time has come."""

    START = "start"
    WAIT = "wait"
    SKIP_OVERLAP = "skip_overlap"
    SKIP_BUDGET = "skip_budget"
    SKIP_QUEUE_FULL = "skip_queue_full"


def judge_overlap(overlap: Overlap, open_runs: OpenRuns, *, waiting_before: int) -> OverlapVerdict:
    """`waiting_before` are the schedule's firings that stand in its queue already."""
    if open_runs.count == 0 and waiting_before == 0:
        return OverlapVerdict.START
    if overlap is Overlap.QUEUE:
        return OverlapVerdict.WAIT if waiting_before < MOST_QUEUED else OverlapVerdict.SKIP_QUEUE_FULL
    if open_runs.budget_spent:
        return OverlapVerdict.SKIP_BUDGET
    if overlap is Overlap.ALLOW:
        return OverlapVerdict.START
    return OverlapVerdict.SKIP_OVERLAP if open_runs.count else OverlapVerdict.START
