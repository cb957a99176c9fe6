"""Where the outcomes of ticks are written, as whoever runs a tick needs it."""

from collections.abc import Sequence
from typing import Protocol

from foundation.domain.errors import BudgetExceeded, Failure
from foundation.storage.execution.dispatches import LeaseFence
from orchestrator.work import MoreTurns, Record, StepFinished, Work


class OutcomeRecording(Protocol):
    """One method an outcome. `LeaseLost` from any of them means that nothing was written."""

    async def finished(self, lease: LeaseFence, outcome: StepFinished, *, free_slots: int) -> list[Work]:
        """The step succeeded; the dependents that were claimed with its end are returned."""
        ...

    async def more_turns(self, lease: LeaseFence, outcome: MoreTurns) -> None: ...

    async def failed(
        self,
        lease: LeaseFence,
        failure: Failure,
        *,
        retryable: bool,
        retry_after: float | None = None,
        records: Sequence[Record] = (),
        output: object = None,
    ) -> bool:
        """Tries again while attempts remain, else fails the step; whether it will be tried again."""
        ...

    async def given_back(self, lease: LeaseFence) -> None: ...

    async def out_of_budget(self, lease: LeaseFence, error: BudgetExceeded) -> None: ...
