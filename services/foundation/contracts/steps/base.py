"""What the steps of every kind have in common."""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from pydantic import Field

from foundation.contracts.accepted.accepted_json import pointer_of
from foundation.contracts.accepted.amounts import Dollars
from foundation.contracts.accepted.sentences import WrittenAs
from foundation.contracts.concurrency import ResourceName, Units
from foundation.contracts.expressions.evaluation import inside, is_expression
from foundation.contracts.expressions.kinds import BOOLEAN, LIST, NULL, kind_given, length_given
from foundation.contracts.expressions.reads import ITEM_NAMES
from foundation.contracts.message import Message
from foundation.domain.errors import Fault
from foundation.domain.money import MAX_AMOUNT, nano_usd
from foundation.domain.retry import MAX_ATTEMPTS, RetryCause, RetryPolicy
from foundation.domain.states import RecoveryPolicy
from foundation.domain.words.quoting import quoted

MAX_STEPS = 1000
MAX_ITEMS = 1000
ITEMS_AT_ONCE = 40
"""How many items of a step run at a time where it does not say."""
MAX_TAKEN = 8
"""How many resources one step may take."""
MAX_INSTRUCTIONS = 32_768
MAX_STEP_SECONDS = 39_600
"""11 hours: SQS takes a message back after 12, whoever holds it."""
MAX_RUN_SECONDS = 2_592_000
"""30 days."""

Place = tuple[str | int, ...]
"""The place of a step in its definition, as the segments of a JSON pointer."""


CONDITION = "a condition is one expression, such as ${input.publish == `true`}"
ITEMS = "the items are one expression, such as ${steps.find.output.data}"
STEP_NAME_PATTERN = r"^[A-Za-z][A-Za-z0-9_]{0,63}$"
ITEM_NAME_PATTERN = r"^[A-Za-z][A-Za-z0-9_]{0,63}(\[(0|[1-9][0-9]{0,2})\])?$"
"""The name of a step, or of one of its items."""
_NAMED = "a name begins with a letter from a to z, followed by such letters, digits and _, 64 characters in all"
STEP_NAME_FORM = WrittenAs(STEP_NAME_PATTERN, _NAMED, made_of="[A-Za-z0-9_]")
ITEM_NAME_FORM = WrittenAs(
    ITEM_NAME_PATTERN, f"{_NAMED}; of an item its number follows, as in pages[3]", made_of=r"[A-Za-z0-9_\[\]]"
)
StepName = Annotated[str, STEP_NAME_FORM]
StepOrItemName = Annotated[str, ITEM_NAME_FORM]
Text = Annotated[str, Field(max_length=MAX_INSTRUCTIONS)]
FailureName = Annotated[
    str,
    WrittenAs(r"[a-z][a-z0-9_]{0,63}", "the code of a failure has small letters, digits and _, such as egress_denied"),
]
MAX_RETRIED = 16
"""Failures that one step's `retry` names."""
ModelName = Annotated[str, Field(min_length=1, max_length=120)]


class Budget(Message):
    """Limits of a run or a step; what is left out sets no limit."""

    tokens: Annotated[int, Field(strict=True, ge=0, le=MAX_AMOUNT)] | None = None
    cost_usd: Dollars | None = None

    def nano(self) -> int | None:
        return None if self.cost_usd is None else nano_usd(self.cost_usd)


class Retry(Message):
    """How often a step is tried in all, and after which failures; without `on`, after those that pass by themselves.

    Which names stand in `on` depends on the step: its kind's causes, and the codes of the tool that it runs.
    """

    attempts: int = Field(default=MAX_ATTEMPTS, ge=1, le=MAX_ATTEMPTS, strict=True)
    on: list[FailureName] = Field(default=[RetryCause.TRANSIENT.value], min_length=1, max_length=MAX_RETRIED)

    def policy(self) -> RetryPolicy:
        return RetryPolicy(self.attempts, frozenset(self.on))


class StepBase(Message):
    """A kind adds `kind`, a `Literal` of its one name, and what it needs to know; its engine runs it."""

    retry_causes: ClassVar[frozenset[RetryCause]] = frozenset({RetryCause.TRANSIENT})
    """The causes that `retry.on` of this kind may name."""

    name: StepName
    needs: list[StepName] = Field(default=[], max_length=MAX_STEPS)
    when: Text | None = None
    foreach: Text | None = None
    max_parallel: int | None = Field(default=None, ge=1, le=MAX_ITEMS, strict=True)
    timeout_seconds: int = Field(default=300, ge=1, le=MAX_STEP_SECONDS)
    retry: Retry = Retry()
    on_failure: RecoveryPolicy | None = None
    budget: Budget | None = None
    resources: dict[ResourceName, Units] = Field(default_factory=dict, max_length=MAX_TAKEN)

    @property
    def own_failures(self) -> frozenset[str]:
        """The codes that it may name besides, of what this very step runs."""
        return frozenset()

    @property
    def turns(self) -> int:
        """The most dispatches that the step can take."""
        return 1

    @property
    def clock_seconds(self) -> int:
        """The time that the step has while workers hold it."""
        return self.timeout_seconds

    @property
    def wait_seconds(self) -> int:
        """The longest that the step may wait without a worker for what its definition has it wait for."""
        return 0

    def may_act_once(self, *, reaches: bool) -> bool:
        """Whether it may call a tool that must not run twice; `reaches` is whether its task has egress."""
        del reaches
        return False

    def faults(self, at: Place) -> list[Fault]:
        """The step's faults that no single field shows, and that no value of its expressions can make good.

        A kind that has more adds them to these.
        """
        faults = [*_condition_faults(self.when, (*at, "when")), *_list_faults(self.foreach, (*at, "foreach"))]
        if self.max_parallel is not None and self.foreach is None:
            faults.append(Fault(pointer_of((*at, "max_parallel")), "only a step with `foreach` has items to bound"))
        for place, cause in enumerate(self.retry.on):
            if cause not in self.retry_causes | self.own_failures:
                names = ", ".join(sorted({*self.retry_causes, *self.own_failures}))
                pointer = pointer_of((*at, "retry", "on", place))
                which = "this tool" if self.own_failures else "this kind"
                faults.append(Fault(pointer, f"a step of {which} does not fail with {quoted(cause)}; it takes {names}"))
        return faults

    def named_tools(self, at: Place) -> Iterator[tuple[Place, str]]:  # noqa: ARG002 - for those that name some
        """The tools that it may call, each with the place where it is named."""
        yield from ()

    def templates(self) -> dict[str, Any]:
        """The members in whose texts `${…}` is an expression; what stands in a schema is its own."""
        return self.model_dump(mode="json", exclude={"name", "needs", "kind", "output", "resources"})

    def names_read_besides(self, member: str) -> frozenset[str]:
        """What the expressions of a member may read besides `input` and `steps`."""
        return ITEM_NAMES if self.foreach is not None and member not in {"when", "foreach"} else frozenset()


def _condition_faults(when: str | None, at: Place) -> list[Fault]:
    if when is None:
        return []
    if not is_expression(when):
        return [Fault(pointer_of(at), CONDITION)]
    kind = kind_given(inside(when))
    if kind in {None, BOOLEAN}:
        return []
    reason = f"it always gives {kind}, and a condition gives true or false; "
    reason += "write !(…) around what ! is about" if kind == NULL and "!" in when else "compare it with something"
    return [Fault(pointer_of(at), reason)]


def _list_faults(foreach: str | None, at: Place) -> list[Fault]:
    if foreach is None:
        return []
    if not is_expression(foreach):
        return [Fault(pointer_of(at), ITEMS)]
    kind, length = kind_given(inside(foreach)), length_given(inside(foreach))
    if kind not in {None, LIST}:
        return [Fault(pointer_of(at), f"it always gives {kind}, and the items are a list")]
    if length is not None and length > MAX_ITEMS:
        return [Fault(pointer_of(at), f"the list has {length} items, and {MAX_ITEMS} are taken")]
    return []


def below(pointer: str, faults: list[Fault]) -> list[Fault]:
    """The faults of a part, each with its place in the whole."""
    return [Fault(pointer + fault.pointer, fault.detail) for fault in faults]
