"""Every read of the API that a list or a run's page makes, with each of its filters and orders."""

import random
from collections.abc import Callable

from support.open_loop import Call
from support.tenant import Tenant

_SEED = 7


class Ground:
    """A large tenant whose runs are read, with ids to read them by."""

    def __init__(self, root: str, tenant: Tenant, task_ids: list[str], run_ids: list[str]) -> None:
        self.api, self.tenant, self.task_ids, self.run_ids = f"{root}/api/v1", tenant, task_ids, run_ids
        self._chance = random.Random(_SEED)

    def reads(self) -> dict[str, Callable[[], str]]:
        """By name, a path of each read; every list with each of its filters and orders."""
        return {
            "run": lambda: f"/runs/{self._run()}",
            "steps": lambda: f"/runs/{self._run()}/steps",
            "run events": lambda: f"/runs/{self._run()}/events",
            "run artifacts": lambda: f"/runs/{self._run()}/artifacts",
            "runs": lambda: "/runs?limit=20",
            "runs by status": lambda: "/runs?limit=20&status=FAILED",
            "runs by rare status": lambda: "/runs?limit=20&status=TIMED_OUT",
            "runs of task": lambda: f"/runs?limit=20&task_id={self._task()}",
            "runs of task by status": lambda: f"/runs?limit=20&task_id={self._task()}&status=FAILED",
            "runs of starter": lambda: f"/runs?limit=20&started_by={self.tenant.actor}",
            "runs of starter by status": lambda: f"/runs?limit=20&started_by={self.tenant.actor}&status=TIMED_OUT",
            "runs forked from": lambda: f"/runs?limit=20&forked_from={self._run()}",
            "runs below": lambda: f"/runs?limit=20&parent_run_id={self._run()}",
            "runs stuck": lambda: "/runs?limit=20&stuck=true",
            "runs oldest first": lambda: "/runs?limit=20&sort=created_at",
            "tasks": lambda: "/tasks?limit=20",
            "tasks by name": lambda: "/tasks?limit=20&sort=name",
            "events": lambda: "/events?limit=20",
            "audit": lambda: "/audit?limit=20",
            "audit of target": lambda: f"/audit?limit=20&target=run:{self._run()}",
            "approvals": lambda: "/approvals?limit=20&status=pending",
        }

    def _run(self) -> str:
        return self._chance.choice(self.run_ids)

    def _task(self) -> str:
        return self._chance.choice(self.task_ids)

    def drawn(self, name: str, path: Callable[[], str]) -> Call:
        return Call(name, "GET", f"{self.api}{path()}", 200, self.tenant.headers)
