"""Makes dataclasses of database rows: each field from the column of the same name."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from enum import StrEnum
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from foundation.storage.session.transaction import Row

V = TypeVar("V")
Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Shape:
    """How a dataclass is read from a row: its fields in order, and those among them whose values are converted."""

    names: tuple[str, ...]
    values: Callable[[Any], tuple[Any, ...]]
    conversions: tuple[tuple[int, Convert], ...]


# One entry for each dataclass and set of fields that are given for it, so it needs no bound.
_KNOWN: dict[tuple[type[Any], frozenset[str]], _Shape] = {}


def value_of(kind: type[V], row: Row, **given: Any) -> V:
    """The row as a `kind`; fields that are `given` need no column, and columns that are no field are left out.

    Texts become members of an enum where the field is one, and binary columns bytes; an unknown text raises ValueError.
    """
    shape = _shape(kind, frozenset(given))
    values = list(shape.values(row))
    for place, convert in shape.conversions:
        if (value := values[place]) is not None:
            values[place] = convert(value)
    if not given:
        return kind(*values)
    return kind(**dict(zip(shape.names, values, strict=True)), **given)


def _shape(kind: type[Any], given: frozenset[str]) -> _Shape:
    if (known := _KNOWN.get((kind, given))) is None:
        hints = get_type_hints(kind)
        names = tuple(field.name for field in fields(kind) if field.name not in given)
        converters = [_converter_to(hints[name]) for name in names]
        conversions = tuple((place, one) for place, one in enumerate(converters) if one is not None)
        known = _KNOWN[kind, given] = _Shape(names, _values_of(names), conversions)
    return known


def _values_of(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    """Reads these attributes in one call of the interpreter; `attrgetter` of a single one gives no tuple."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda row: tuple(getattr(row, name) for name in names)


def _converter_to(hint: Any) -> Convert | None:
    members = get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)
    for member in members:
        if isinstance(member, type) and member is not NoneType and issubclass(member, StrEnum | bytes):
            return member
    return None
