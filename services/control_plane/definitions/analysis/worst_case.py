"""The most that a run of a definition can take, as far as the definition alone tells."""

from dataclasses import dataclass

from control_plane.definitions.analysis.constants import value_of
from control_plane.definitions.analysis.contradictions import longest_chain
from foundation.contracts.definition import TaskDefinition
from foundation.contracts.expressions.evaluation import inside
from foundation.contracts.steps.agent import AgentStep
from foundation.contracts.steps.base import MAX_ITEMS, MAX_RUN_SECONDS
from foundation.contracts.steps.catalogue import Step
from foundation.contracts.steps.crew import CrewStep
from foundation.contracts.steps.llm import LlmStep
from foundation.contracts.steps.run import RunStep
from foundation.domain.money import dollars
from foundation.domain.plan import history_events
from foundation.domain.retry import RetryCause


@dataclass(frozen=True, slots=True)
class WorstCase:
    """`turns` are calls of models, `seconds` those of the run's clock, `wait_seconds` those for which it may stand.

    What is None has no bound that the definition alone tells: the runs below, or a cost without a budget.
    """

    turns: int | None
    events: int
    seconds: int
    wait_seconds: int
    tokens: int | None
    cost_usd: str | None


def worst_case(definition: TaskDefinition) -> WorstCase:
    below = any(isinstance(step, RunStep) for step in definition.steps)
    turns = None if below else sum(_turns(step) * _times(step) for step in definition.steps)
    chain, _ = longest_chain(definition, lambda step: step.timeout_seconds)
    waits = definition.waits()
    wait, _ = longest_chain(definition, lambda step: waits.get(step.name, 0))
    tokens, nano = definition.budget.tokens, definition.budget.nano()
    if turns == 0:
        tokens, nano = 0, 0
    return WorstCase(
        turns=turns,
        events=history_events(definition.nodes())[1],
        seconds=min(chain, definition.timeout_seconds),
        wait_seconds=min(wait, MAX_RUN_SECONDS),
        tokens=tokens,
        cost_usd=None if nano is None else dollars(nano),
    )


def _turns(step: Step) -> int:
    """The calls of models of one run of the step, those of its attempts included that ask anew."""
    if isinstance(step, AgentStep | CrewStep):
        return step.max_turns
    if isinstance(step, LlmStep):
        once = 1 if step.output is None else 1 + step.output.corrections
        return once * (step.retry.attempts if RetryCause.MODEL_ANSWER_INVALID in step.retry.on else 1)
    return 0


def _times(step: Step) -> int:
    if step.foreach is None:
        return 1
    items = value_of(inside(step.foreach))
    return len(items) if isinstance(items, list) else MAX_ITEMS
