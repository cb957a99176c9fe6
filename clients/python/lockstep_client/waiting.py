"""How long somebody waits for a run."""

from uuid import UUID

from lockstep_client.generated.models import RunStatus, RunView
from lockstep_client.problems import RunNotEnded

ENDED = frozenset(
    {RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.BUDGET_EXCEEDED, RunStatus.CANCELLED, RunStatus.TIMED_OUT}
)
_PAUSES = (0.2, 0.3, 0.5, 0.8, 1.2, 2.0)


class Waiting:
    """Waits for one run until a moment of the monotonic clock, and asks less and less often."""

    def __init__(self, run_id: UUID, *, final_bill: bool, deadline: float) -> None:
        self._run_id = run_id
        self._final_bill = final_bill
        self._deadline = deadline
        self._asked = 0

    def is_over(self, run: RunView) -> bool:
        return run.status in ENDED and (run.usage.final or not self._final_bill)

    def pause(self, run: RunView, *, now: float) -> float:
        """Seconds until it is worth asking again; `RunNotEnded` when the time is over."""
        left = self._deadline - now
        if left <= 0:
            raise RunNotEnded(
                f"the run {self._run_id} is {run.status}; GET /api/v1/runs/{self._run_id}/explain says why"
            )
        self._asked += 1
        return min(left, _PAUSES[min(self._asked, len(_PAUSES)) - 1])
