"""Which variables the settings of a service read, as its source says: to import a service would take seconds."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from supervisor.settings import ROOT

_BASE = "BaseSettings"
_FOUNDATION = ROOT / "services" / "foundation"


@dataclass(frozen=True, slots=True)
class _Written:
    """A class as it is written: its bases, its prefix, and its members with the names that they have in other words."""

    bases: tuple[str, ...]
    prefix: str | None
    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@cache
def readable(module: str) -> frozenset[str]:
    """The variables of `python -m <module>`: of the settings in its own folder, and of those that services share."""
    path = Path(*module.split("."))
    folders = [ROOT / place / path for place in ("services", "localstack") if (ROOT / place / path).is_dir()]
    return frozenset(name for folder in folders for name in variables_below(folder, _FOUNDATION))


def variables_below(*folders: Path) -> set[str]:
    """The variables of all classes of settings in these folders."""
    written: dict[str, _Written] = {}
    for folder in folders:
        for file in sorted(folder.rglob("*.py")):
            if "Settings" in (source := file.read_text(encoding="utf-8")):
                written |= dict(_classes(ast.parse(source)))
    return {name for kind in written.values() if _is_settings(kind, written) for name in _names(kind, written)}


def _classes(tree: ast.Module) -> Iterator[tuple[str, _Written]]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            bases = tuple(one.id for one in node.bases if isinstance(one, ast.Name))
            yield node.name, _Written(bases, _prefix(node), dict(_members(node)))


def _prefix(node: ast.ClassDef) -> str | None:
    for one in node.body:
        if isinstance(one, ast.Assign) and isinstance(one.value, ast.Call):
            for word in one.value.keywords:
                if word.arg == "env_prefix" and isinstance(word.value, ast.Constant):
                    return str(word.value.value)
    return None


def _members(node: ast.ClassDef) -> Iterator[tuple[str, tuple[str, ...]]]:
    for one in node.body:
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name) and not one.target.id.startswith("_"):
            yield one.target.id, tuple(_aliases(one.value))


def _aliases(value: ast.expr | None) -> Iterator[str]:
    """Of `Field(validation_alias="A")`, or of `AliasChoices("A", "B")` there."""
    for word in value.keywords if isinstance(value, ast.Call) else ():
        if word.arg == "validation_alias":
            given = word.value.args if isinstance(word.value, ast.Call) else [word.value]
            yield from (str(one.value) for one in given if isinstance(one, ast.Constant))


def _is_settings(kind: _Written, written: Mapping[str, _Written]) -> bool:
    return any(base == _BASE or (base in written and _is_settings(written[base], written)) for base in kind.bases)


def _prefix_of(kind: _Written, written: Mapping[str, _Written]) -> str:
    if kind.prefix is not None:
        return kind.prefix
    return next((_prefix_of(written[base], written) for base in kind.bases if base in written), "")


def _names(kind: _Written, written: Mapping[str, _Written]) -> Iterator[str]:
    """Inherited members have the prefix of the class that inherits them."""
    prefix, seen = _prefix_of(kind, written), [kind]
    for one in seen:
        seen.extend(written[base] for base in one.bases if base in written)
        for member, aliases in one.members.items():
            yield from aliases or (f"{prefix}{member}".upper(),)
