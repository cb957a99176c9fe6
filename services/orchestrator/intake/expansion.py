"""Steps that run once for each item of a list: their items are opened at the first tick and collected at the next."""

from dataclasses import replace
from typing import Any

from foundation.contracts.accepted.sentences import first_of
from foundation.contracts.expressions.evaluation import ExpressionError
from foundation.contracts.steps.base import ITEMS_AT_ONCE, MAX_ITEMS
from foundation.domain.failures import FailureCode, PlacedFailure
from foundation.domain.states import RecoveryPolicy, StepStatus
from foundation.storage.execution import items
from foundation.storage.execution.items import EndedItem
from foundation.storage.session.database import Database
from orchestrator.work import StepExpanded, StepFinished, TickFailed, Work

MAX_COLLECTED_BYTES = 8 * 2**20
"""Of the outputs of all items together: each later step of the run reads the list."""
_MOST_NAMED = 5


def expands(work: Work) -> bool:
    """Whether this is a step that runs for items, and not one of them."""
    return work.step.foreach is not None and work.claim.item is None


class Expansion:
    """Opens and collects the items of steps."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def run(self, work: Work) -> StepExpanded | StepFinished:
        """Opens the items, or those that a stopped execution has left open, or returns what they gave in order."""
        dispatch, most = work.claim.dispatch, work.step.max_parallel or ITEMS_AT_ONCE
        async with self._database.tenant(dispatch.tenant_id) as tx:
            counts = await items.count(tx, dispatch.tenant_id, dispatch.step_id)
            if counts.total is None:
                values = items_of(work)
                return StepExpanded(most, tuple(values)) if values else StepFinished([], turn=1)
            if counts.open:
                return StepExpanded(most)
            if counts.bytes > MAX_COLLECTED_BYTES:
                raise TickFailed(
                    FailureCode.ITEMS_TOO_LARGE,
                    f"its {counts.total} items gave {counts.bytes} bytes together, and {MAX_COLLECTED_BYTES} are kept;"
                    " let each give less, such as a file",
                )
            excused = work.claim.on_failure is RecoveryPolicy.CONTINUE
            return collected(await items.ended_items(tx, dispatch.tenant_id, dispatch.step_id), excused=excused)


def items_of(work: Work) -> list[Any]:
    """The list that `foreach` gives; `ExpressionError` when it gives something else, or too many items."""
    expression = str(work.step.foreach)
    values = work.resolve(expression, "foreach")
    if not isinstance(values, list):
        raise ExpressionError(f"/foreach: {expression} gives no list; write || `[]` where there may be none")
    if len(values) > MAX_ITEMS:
        raise ExpressionError(
            f"/foreach: {expression} gives {len(values)} items, and {MAX_ITEMS} are taken; take a part, such as [:100]"
        )
    return values


def collected(ended: list[EndedItem], *, excused: bool = False) -> StepFinished:
    """The outputs in the list's order, None for each that failed.

    When not all succeeded it is `TickFailed` with them, unless the step's definition excuses its items.
    """
    outputs = [item.output for item in ended]
    bad = [item for item in ended if item.status is not StepStatus.SUCCESS]
    if not bad or excused:
        return StepFinished(outputs, turn=1)
    told = [f"{item.name}: {(item.error or {}).get('detail', item.status.value)}" for item in bad]
    detail = f"{len(bad)} of {len(ended)} items did not succeed: {first_of(told, most=_MOST_NAMED)}"
    causes = tuple(_cause_of(item) for item in bad[:_MOST_NAMED])
    raise TickFailed(FailureCode.ITEMS_FAILED, detail, output=outputs, causes=causes)


def _cause_of(item: EndedItem) -> PlacedFailure:
    """The item's failure without its own causes, as a step may have many items."""
    error = {"code": item.status.value.lower(), "detail": "it did not succeed", **(item.error or {})}
    return replace(PlacedFailure.read(error), step=item.name, causes=())
