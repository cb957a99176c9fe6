"""Time-outs and budgets of a definition that contradict each other: what stands in the larger one never counts."""

from collections.abc import Callable, Iterator

from foundation.contracts.accepted.accepted_json import pointer_of
from foundation.contracts.definition import TaskDefinition
from foundation.contracts.steps.approval import ApprovalStep
from foundation.contracts.steps.base import MAX_RUN_SECONDS
from foundation.contracts.steps.catalogue import Step
from foundation.contracts.steps.tool import ToolStep
from foundation.domain.errors import Fault
from foundation.domain.money import nano_usd
from foundation.domain.plan import topological

_TIMEOUT = "timeout_seconds"
_SHOWN = 5


def contradiction_warnings(definition: TaskDefinition) -> Iterator[Fault]:
    """One for each pair of limits of which one can never be reached."""
    for at, step in enumerate(definition.steps):
        yield from _timeout_warnings(definition, step, ("steps", at))
        yield from _budget_warnings(definition, step, ("steps", at))
    yield from _chain_warnings(definition)
    yield from _approval_warnings(definition)


def _timeout_warnings(definition: TaskDefinition, step: Step, at: tuple[str, int]) -> Iterator[Fault]:
    if _own_seconds(step) > definition.timeout_seconds:
        detail = (
            f"the step may take {step.timeout_seconds} s and its run {definition.timeout_seconds}: the run ends first"
        )
        yield Fault(pointer_of((*at, _TIMEOUT)), detail)
    given = step.arguments.get(_TIMEOUT) if isinstance(step, ToolStep) else None
    if isinstance(given, int) and given > step.timeout_seconds:
        detail = f"the tool may take {given} s and its step {step.timeout_seconds}: the step ends first"
        yield Fault(pointer_of((*at, "arguments", _TIMEOUT)), detail)


def _budget_warnings(definition: TaskDefinition, step: Step, at: tuple[str, int]) -> Iterator[Fault]:
    own, whole = step.budget, definition.budget
    if own is None:
        return
    if own.tokens is not None and whole.tokens is not None and own.tokens > whole.tokens:
        detail = f"the step may use {own.tokens} tokens and its run {whole.tokens}: the run's are used up first"
        yield Fault(pointer_of((*at, "budget", "tokens")), detail)
    if own.cost_usd is not None and whole.cost_usd is not None and nano_usd(own.cost_usd) > nano_usd(whole.cost_usd):
        detail = f"the step may cost {own.cost_usd} dollars and its run {whole.cost_usd}: the run's are used up first"
        yield Fault(pointer_of((*at, "budget", "cost_usd")), detail)


def _chain_warnings(definition: TaskDefinition) -> Iterator[Fault]:
    """Of steps that fit by themselves but not one after another. Time-outs that nobody wrote contradict nothing."""
    most = definition.timeout_seconds
    seconds, chain = longest_chain(definition, lambda step: 0 if _own_seconds(step) > most else _own_seconds(step))
    if seconds > most:
        detail = f"steps {_in_words(chain)} may take {seconds} s one after another, and their run {most}"
        yield Fault(pointer_of((_TIMEOUT,)), f"{detail}: the run may end before them")


def _approval_warnings(definition: TaskDefinition) -> Iterator[Fault]:
    seconds, chain = longest_chain(definition, lambda step: step.expires_in if isinstance(step, ApprovalStep) else 0)
    if seconds > MAX_RUN_SECONDS:
        last = next(at for at, step in enumerate(definition.steps) if step.name == chain[-1])
        detail = (
            f"approvals {_in_words(chain)} may wait for {seconds} s one after another, and a run ends after 30 days"
        )
        yield Fault(pointer_of(("steps", last, "expires_in")), detail)


def longest_chain(definition: TaskDefinition, weight: Callable[[Step], int]) -> tuple[int, list[str]]:
    """The most that steps which need each other weigh together, and in order the names of those that weigh anything."""
    by_name = {step.name: step for step in definition.steps}
    best: dict[str, tuple[int, list[str]]] = {}
    for name in topological(definition.nodes()):
        step = by_name[name]
        before, chain = max((best[need] for need in step.needs), key=lambda one: one[0], default=(0, []))
        own = weight(step)
        best[name] = (before + own, [*chain, name] if own else chain)
    return max(best.values(), key=lambda one: one[0])


def _own_seconds(step: Step) -> int:
    """The time-out that the definition writes; 0 where it leaves it out."""
    return step.timeout_seconds if _TIMEOUT in step.model_fields_set else 0


def _in_words(chain: list[str]) -> str:
    return " -> ".join(chain) if len(chain) <= _SHOWN else f"{chain[0]} -> … -> {chain[-1]} ({len(chain)} in all)"
