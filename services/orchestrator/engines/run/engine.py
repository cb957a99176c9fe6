"""Steps that start a run: the engine only says which; the wait needs no worker."""

from typing import Self

from foundation.contracts.expressions.evaluation import ExpressionError
from foundation.contracts.steps.run import RunStep
from foundation.domain.states import StepKind
from foundation.storage.session.database import Database
from foundation.workflow.sub_runs.planning import NoSubRun, plan_run
from orchestrator.engines.base import EngineParts, RegisteredEngine
from orchestrator.work import RunAwaited, TickFailed, TickOutcome, Work


class RunEngine(RegisteredEngine):
    """Finds the run that the step has, or the task and the input of the one that it starts."""

    kind = StepKind.RUN

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def of(cls, parts: EngineParts) -> Self:
        return cls(parts.database)

    async def run(self, work: Work) -> TickOutcome:
        step = work.step
        if not isinstance(step, RunStep):
            raise TypeError(f"not a run step: {step.kind}")
        given = work.resolve(step.input, "input")
        if not isinstance(given, dict):
            raise ExpressionError(f"/input: {step.input} gives no object, and the input of a run is one")
        async with self._database.tenant(work.claim.dispatch.tenant_id) as tx:
            try:
                return RunAwaited(await plan_run(tx, work.claim, step, given))
            except NoSubRun as error:
                raise TickFailed(error.code, error.detail) from error
