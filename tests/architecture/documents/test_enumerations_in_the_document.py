"""What is one of a closed set of words in the code, or in the database, is an enumeration in the API's document too."""

import importlib
import pkgutil
import re
import typing
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from types import ModuleType, UnionType
from typing import Annotated, Any

from pydantic import BaseModel

import control_plane
import foundation
from architecture.sources import ROOT

_PLAIN = {
    "name": "what people, tools and providers call a thing",
    "left": "an amount of money of a comparison",
    "right": "an amount of money of a comparison",
    "role": "a built-in role's word, or the id of one of the tenant's own",
    "waits_for": "of a deletion, a sentence",
}
"""Members that an enumeration elsewhere happens to share its name with."""
_PLAIN_OF = {
    ("DeadLetterView", "cause"): "a failure's code, which a tool may have made",
    ("TenantsDeadLetterView", "cause"): "a failure's code, which a tool may have made",
    ("RedriveMany", "cause"): "a failure's code, which a tool may have made",
    ("DeliveryView", "type"): "an event's, of an enumeration, or that of a test",
    ("WholeDeliveryView", "type"): "an event's, of an enumeration, or that of a test",
}
_SENTENCES = {"reason"}
"""Written by people; where a program writes one it is an enumeration, which the views below have."""
_WRITTEN_BY_PROGRAMS = {"EventView", "FiringView", "TriggerCallView"}


def modules_of(package: ModuleType) -> Iterator[ModuleType]:
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not module.name.endswith("__main__"):
            yield importlib.import_module(module.name)


def parts(hint: Any) -> list[Any]:
    """What the hint can be, without what it stands in."""
    origin = typing.get_origin(hint)
    if origin is Annotated:
        return parts(typing.get_args(hint)[0])
    if origin in (typing.Union, UnionType, list, tuple, set, frozenset):
        return [one for argument in typing.get_args(hint) for one in parts(argument)]
    return [hint]


def hints_of(module: ModuleType) -> Iterator[tuple[type[Any], dict[str, Any]]]:
    for one in vars(module).values():
        if isinstance(one, type) and one.__module__ == module.__name__:
            try:
                yield one, typing.get_type_hints(one, include_extras=True)
            except NameError:  # what it names is imported for type checkers alone
                continue


@cache
def found() -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
    """Members that are enumerations somewhere, and those of the API's models that are plain texts."""
    closed, plain = set(), set()
    for package in (foundation, control_plane):
        for module in modules_of(package):
            for kind, hints in hints_of(module):
                shown = issubclass(kind, BaseModel) and package is control_plane
                for name, hint in hints.items():
                    members = parts(hint)
                    closed |= {name for one in members if isinstance(one, type) and issubclass(one, StrEnum)}
                    if shown and str in members and name in kind.model_fields:
                        plain.add((kind.__name__, name))
    columns = re.findall(r"^    (\w+)\s[^,]*?CHECK \(\1 IN \(", (ROOT / "schema.sql").read_text(), re.MULTILINE)
    return frozenset(closed) | frozenset(columns), frozenset(plain)


def test_what_is_an_enumeration_in_the_code_is_no_plain_text_in_the_document() -> None:
    closed, plain = found()
    assert {"status", "state", "kind", "usage_source", "pause_reason"} <= closed
    suspicious = {
        (view, name)
        for view, name in plain
        if name in closed
        and name not in _PLAIN
        and (view, name) not in _PLAIN_OF
        and (name not in _SENTENCES or view in _WRITTEN_BY_PROGRAMS)
    }
    assert suspicious == set(), "give it the enumeration as its type, or say here why it is a text"


def test_what_is_said_to_be_plain_is() -> None:
    _, plain = found()
    assert _PLAIN_OF.keys() <= plain
    assert _PLAIN.keys() <= {name for _, name in plain}
