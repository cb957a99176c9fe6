"""The tree of errors that is drawn at the head of their module is that of the classes."""

import re

from foundation.domain import errors

_BRANCH = re.compile(r"^(?P<indent>[│├└─ ]*)(?P<name>[A-Z]\w+)(?: .*)?$")
_STEP = 4
"""Columns by which each level of the drawing is indented."""


def _drawn() -> dict[str, str]:
    """Each class of the drawing with the one that it hangs on."""
    parents: dict[str, str] = {}
    path: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        if (branch := _BRANCH.match(line)) is None:
            continue
        depth = len(branch["indent"]) // _STEP
        path = [*path[:depth], branch["name"]]
        if depth:
            parents[branch["name"]] = path[depth - 1]
    return parents


def _written() -> dict[str, str]:
    return {
        kind.__name__: kind.__mro__[1].__name__
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.LockstepError) and kind is not errors.LockstepError
    }


def test_the_drawn_tree_is_that_of_the_classes() -> None:
    assert _drawn() == _written()


def test_each_error_has_a_code_of_its_own_or_its_parents() -> None:
    own = [
        vars(kind)["code"]
        for kind in vars(errors).values()
        if isinstance(kind, type) and isinstance(vars(kind).get("code"), str)
    ]
    assert len(own) == len(set(own))
