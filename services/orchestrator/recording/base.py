"""The port through which the runner of a tick has its outcome recorded."""

from collections.abc import Sequence
from typing import Any, Protocol

from foundation.domain.errors import BudgetExceeded
from foundation.domain.failures import Failure
from foundation.storage.execution.approvals import ApprovalRequest
from foundation.storage.execution.dispatches import LeaseFence
from foundation.storage.execution.doubtful_jobs import DoubtfulJob
from foundation.workflow.sub_runs.planning import RunPlan
from orchestrator.work import MoreTurns, StepExpanded, StepFinished, TurnsTaken, Work


class OutcomeRecording(Protocol):
    """One method for each outcome. `LeaseLost` from any of them means that nothing was written."""

    async def finished(self, lease: LeaseFence, outcome: StepFinished, *, free_slots: int) -> list[Work]:
        """The step succeeded; the dependents that were claimed with its end are returned."""
        ...

    async def left_out(self, lease: LeaseFence, reason: Failure, *, free_slots: int) -> list[Work]:
        """The step is skipped as its definition allows; the dependents that were claimed with it are returned."""
        ...

    async def expanded(self, lease: LeaseFence, outcome: StepExpanded) -> None: ...

    async def more_turns(self, lease: LeaseFence, outcome: MoreTurns) -> None: ...

    async def asked(self, lease: LeaseFence, requests: Sequence[ApprovalRequest]) -> None:
        """The step waits for the decision of these requests, or of those that an earlier claim has made."""
        ...

    async def in_doubt(self, lease: LeaseFence, job: DoubtfulJob) -> None:
        """The step waits for a person who decides what becomes of this job."""
        ...

    async def awaits_run(self, lease: LeaseFence, plan: RunPlan) -> None:
        """The step waits for the run of this plan, which is started or opened again with it."""
        ...

    async def failed(
        self,
        lease: LeaseFence,
        failure: Failure,
        *,
        taken: TurnsTaken | None = None,
        output: object = None,
    ) -> bool:
        """Has the step tried again while attempts remain, else fails it; returns whether it will be tried again.

        Where the failure may pass, no attempt remains, and a tool that must not run twice may have taken effect, a
        person is asked instead. A step that is failed keeps the turns that it has taken.
        """
        ...

    async def given_back(self, lease: LeaseFence, *, partial: dict[str, Any] | None = None) -> None: ...

    async def postponed(self, lease: LeaseFence, *, breaker: str, delay_seconds: float) -> None:
        """The step is taken again later; what this attempt has recorded is read then."""
        ...

    async def out_of_budget(
        self, lease: LeaseFence, error: BudgetExceeded, *, taken: TurnsTaken | None = None
    ) -> None: ...
