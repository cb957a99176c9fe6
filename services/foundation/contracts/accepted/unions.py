"""Places of Pydantic's errors in the data that they are about, one where a value could be of several kinds.

Pydantic tells of a union each kind that the value is not, at places that name the kinds in its own words
(`/query/q/function-after[accept_text(), str]`). Whoever sent the value has one fault, at the place of the value.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from pydantic_core import ErrorDetails

from foundation.contracts.accepted.sentences import sentence_of_error

Place = tuple[int | str, ...]
_NEEDED = " is needed"


@dataclass(frozen=True, slots=True)
class PlacedError:
    """What is wrong at one place of the data; of `errors` each is another kind that the value could have been."""

    place: Place
    errors: tuple[ErrorDetails, ...]

    @property
    def sentence(self) -> str:
        told = list(dict.fromkeys(map(sentence_of_error, self.errors)))
        if len(told) == 1 or not all(one.endswith(_NEEDED) for one in told):
            return " or ".join(told)
        kinds = [one.removesuffix(_NEEDED) for one in told]
        return f"{', '.join(kinds[:-1])} or {kinds[-1]}{_NEEDED}"


@dataclass(frozen=True, slots=True)
class _Step:
    name: int | str
    is_kind: bool


def placed(errors: Sequence[ErrorDetails], data: Any) -> list[PlacedError]:
    """Each fault of the data once, in the order of the errors."""
    return _settled([(_steps(one, data), one) for one in errors])


def _settled(found: "list[tuple[list[_Step], ErrorDetails]]") -> list[PlacedError]:
    plain: list[PlacedError] = []
    unions = defaultdict[Place, list[tuple[list[_Step], ErrorDetails]]](list)
    for steps, error in found:
        at = next((at for at, step in enumerate(steps) if step.is_kind), None)
        if at is None:
            plain.append(PlacedError(_place(steps), (error,)))
        else:
            unions[_place(steps[:at])].append((steps, error))
    return plain + list(chain.from_iterable(_of_union(place, alternatives) for place, alternatives in unions.items()))


def _of_union(place: Place, found: "list[tuple[list[_Step], ErrorDetails]]") -> list[PlacedError]:
    """Of a value that was of one of the kinds, what is wrong in it; else that it is of none of them."""
    at = len(place)
    kinds = defaultdict[int | str, list[tuple[list[_Step], ErrorDetails]]](list)
    for steps, error in found:
        kinds[steps[at].name].append(([*steps[:at], *steps[at + 1 :]], error))
    within = [kind for kind in kinds.values() if not all(_is_of_another_kind(place, *one) for one in kind)]
    if within:
        return _settled(min(within, key=len))
    return [PlacedError(place, tuple(error for kind in kinds.values() for _, error in kind))]


def _is_of_another_kind(place: Place, steps: list[_Step], error: ErrorDetails) -> bool:
    return _place(steps) == place and error["type"].endswith("_type")


def _place(steps: Sequence[_Step]) -> Place:
    return tuple(step.name for step in steps if not step.is_kind)


def _steps(error: ErrorDetails, data: Any) -> list[_Step]:
    """Which parts of the error's place lead through the data; what leads nowhere there names a kind."""
    loc, last = error["loc"], list[_Step]()
    if error["type"] == "missing":
        *loc_above, name = loc
        loc, last = tuple(loc_above), [_Step(name, is_kind=False)]
    ways = _ways(loc, data, error["input"])
    if ways is None:
        # The fault of a member's name: it is told at the member.
        ways = [_Step(name, is_kind=False) for name in (loc[:-1] if loc[-1:] == ("[key]",) else loc)]
    return [*ways, *last]


def _ways(loc: Place, value: Any, goal: Any) -> list[_Step] | None:
    """To exactly the value that the error is about, as a member may have the name of a kind; None where none leads."""
    if not loc:
        return [] if value is goal else None
    name, rest = loc[0], loc[1:]
    for found in _found(value, name):
        ways = _ways(rest, found, goal)
        if ways is not None:
            return [_Step(name, is_kind=False), *ways]
    ways = _ways(rest, value, goal)
    return None if ways is None else [_Step(name, is_kind=True), *ways]


def _found(value: Any, name: int | str) -> list[Any]:
    """The member or item, if there is one."""
    if isinstance(value, dict):
        return [value[name]] if name in value else []
    return [value[name]] if isinstance(value, list) and isinstance(name, int) and name < len(value) else []
