"""Makes dataclasses of database rows: each field from the column of the same name."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from foundation.storage.session.transaction import Row

V = TypeVar("V")
Convert = Callable[[Any], Any]

# One entry a dataclass of this program, so it needs no bound.
_KNOWN: dict[type[Any], Mapping[str, Convert | None]] = {}


def value_of(kind: type[V], row: Row, **given: Any) -> V:
    """The row as a `kind`; fields that are `given` need no column, and columns that are no field are left out.

    Texts become members of an enum where the field is one, and binary columns bytes; an unknown text raises ValueError.
    """
    for name, convert in _converters(kind).items():
        if name not in given:
            value = getattr(row, name)
            given[name] = value if convert is None or value is None else convert(value)
    return kind(**given)


def _converters(kind: type[Any]) -> Mapping[str, Convert | None]:
    if kind not in _KNOWN:
        hints = get_type_hints(kind)
        _KNOWN[kind] = {field.name: _converter_to(hints[field.name]) for field in fields(kind)}
    return _KNOWN[kind]


def _converter_to(hint: Any) -> Convert | None:
    members = get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)
    for member in members:
        if isinstance(member, type) and member is not NoneType and issubclass(member, StrEnum | bytes):
            return member
    return None
