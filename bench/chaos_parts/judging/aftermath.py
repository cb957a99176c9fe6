"""What there is to be judged when everything has settled, and how a promise's verdict looks."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from chaos_parts.ground import Ground
from chaos_parts.judging.effects import Effects
from chaos_parts.judging.money import MoneyWatch
from chaos_parts.load import Load

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Aftermath:
    """`watch` has looked at the money all the time; `effects` is what runners logged."""

    ground: Ground
    load: Load
    watch: MoneyWatch
    effects: Effects


@dataclass(frozen=True, slots=True)
class Finding:
    """How many things were looked at, and each that breaks the promise, in words."""

    checked: int
    broken: Sequence[str] = ()
    figures: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        shown = asdict(self)
        more = len(self.broken) - _SHOWN
        shown["broken"] = [*self.broken[:_SHOWN], *([f"and {more} more"] if more > 0 else [])]
        return {name: value for name, value in shown.items() if value or name in {"checked", "broken"}}
