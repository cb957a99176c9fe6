"""What the steps of every kind have in common."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from foundation.contracts.message import Message
from foundation.domain.errors import Fault
from foundation.domain.money import MAX_AMOUNT, amount_text, dollars, nano_usd

MAX_STEPS = 500
MAX_INSTRUCTIONS = 32_768
MAX_STEP_SECONDS = 39_600
"""11 hours: SQS takes a message back after 12, whoever holds it."""

Place = tuple[str | int, ...]
"""The place of a step in its definition, as the segments of a JSON pointer."""


def _dollars(value: object) -> str:
    return dollars(nano_usd(amount_text(value)))


Dollars = Annotated[
    str,
    BeforeValidator(_dollars),
    Field(json_schema_extra={"pattern": r"^[0-9]{1,7}(\.[0-9]{1,9})?$", "description": "decimal dollars, as a string"}),
]
StepName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,63}$")]
Text = Annotated[str, Field(max_length=MAX_INSTRUCTIONS)]
ModelName = Annotated[str, Field(min_length=1, max_length=120)]


class Budget(Message):
    """Limits of a run or a step; what is left out sets no limit."""

    tokens: Annotated[int, Field(strict=True, ge=0, le=MAX_AMOUNT)] | None = None
    cost_usd: Dollars | None = None

    def nano(self) -> int | None:
        return None if self.cost_usd is None else nano_usd(self.cost_usd)


class StepBase(Message):
    """A kind adds `kind`, a `Literal` of its one name, and what it needs to know; its engine runs it."""

    name: StepName
    needs: list[StepName] = Field(default=[], max_length=MAX_STEPS)
    timeout_seconds: int = Field(default=300, ge=1, le=MAX_STEP_SECONDS)
    budget: Budget | None = None

    @property
    def turns(self) -> int:
        """The most dispatches that the step can take."""
        return 1

    def faults(self, at: Place) -> list[Fault]:  # noqa: ARG002 - for kinds that have some
        """The step's faults that no single field shows, and that no value of its expressions can make good."""
        return []

    def templates(self) -> dict[str, Any]:
        """The members in whose texts `${…}` is an expression."""
        return self.model_dump(mode="json", exclude={"name", "needs", "kind"})


def below(pointer: str, faults: list[Fault]) -> list[Fault]:
    """The faults of a part, each with its place in the whole."""
    return [Fault(pointer + fault.pointer, fault.detail) for fault in faults]
