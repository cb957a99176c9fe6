"""Every member of a class of settings is read: one that nothing reads is a promise that nothing keeps."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import pytest

from architecture.sources import named, python_files, tree_of

_BASE = "BaseSettings"
_CHECKS = {"field_validator", "model_validator"}


@dataclass(frozen=True, slots=True)
class Settings:
    """A class of settings: where it stands, what it is derived from, and its members, properties included."""

    file: str
    bases: tuple[str, ...]
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Uses:
    """Of one file: the classes of settings that it names, and what it reads of settings, whatever they are called."""

    classes: frozenset[str]
    reads: frozenset[str]
    own_reads: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """What the members of a class read of their own, by the class."""


def settings_in(trees: Mapping[str, ast.Module]) -> dict[str, Settings]:
    """Every class of settings by its name, those derived from others included."""
    classes = [(name, node) for name, tree in trees.items() for node in tree.body if isinstance(node, ast.ClassDef)]
    found: dict[str, Settings] = {}
    grew = True
    while grew:
        grew = False
        for name, node in classes:
            bases = tuple(ast.unparse(base) for base in node.bases)
            if node.name not in found and any(base == _BASE or base in found for base in bases):
                found[node.name] = Settings(name, bases, tuple(_members(node)))
                grew = True
    return found


def _members(node: ast.ClassDef) -> Iterator[str]:
    for one in node.body:
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name):
            if not ast.unparse(one.annotation).startswith("ClassVar"):
                yield one.target.id
        elif isinstance(one, ast.FunctionDef) and not one.name.startswith("_") and not _is_check(one):
            yield one.name


def _is_check(function: ast.FunctionDef) -> bool:
    return any(ast.unparse(decorator).partition("(")[0] in _CHECKS for decorator in function.decorator_list)


def uses_of(tree: ast.Module, classes: Iterable[str]) -> Uses:
    """`settings.x`, `self._settings.x`, `anything.settings.x`, `Settings().x`, and `x` of what was made so."""
    known = set(classes)
    own = {
        node.name: frozenset(_reads(node, {"self"}))
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.name in known
    }
    words = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    words |= {word for node in ast.walk(tree) if isinstance(node, ast.Constant) for word in [str(node.value)]}
    owners = {"settings", "_settings", *known, *_made(tree, known)}
    return Uses(frozenset(known & words | set(own)), frozenset(_reads(tree, owners)), own)


def _made(tree: ast.Module, classes: set[str]) -> Iterator[str]:
    """Names that are given an instance: `a = Settings()`, `a, b = Settings(), OtherSettings()`."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
                pairs = list(zip(targets, values, strict=False))
            case ast.Assign(targets=[target], value=value):
                pairs = [(target, value)]
            case _:
                continue
        for target, value in pairs:
            if isinstance(target, ast.Name) and isinstance(value, ast.Call) and _last_name(value) in classes:
                yield target.id


def _reads(tree: ast.AST, owners: set[str]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load) and _last_name(node.value) in owners:
            yield node.attr


def _last_name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Call(func=ast.Name(id=name)):
            return name
    return ""


def unread(trees: Mapping[str, ast.Module]) -> list[str]:
    """Members that no file reads: one that names their class, or a file of their package that names none."""
    classes = settings_in(trees)
    uses = {name: uses_of(tree, classes) for name, tree in trees.items()}
    return [
        f"{owner}.{member}"
        for owner, settings in classes.items()
        for member in settings.members
        if not any(_reads_member(owner, member, classes, name, use) for name, use in uses.items())
    ]


def _reads_member(owner: str, member: str, classes: Mapping[str, Settings], name: str, use: Uses) -> bool:
    family = {one for one in classes if owner in _line(one, classes)}
    if any(member in use.own_reads.get(one, ()) for one in family):
        return True
    same_service = name.split("/")[:2] == classes[owner].file.split("/")[:2]
    return member in use.reads and bool(use.classes & family if use.classes else same_service)


def _line(name: str, classes: Mapping[str, Settings]) -> Iterator[str]:
    """The class and those that it is derived from."""
    yield name
    for base in classes[name].bases if name in classes else ():
        yield from _line(base, classes)


def test_every_setting_is_read() -> None:
    trees = {named(file): tree_of(file) for file in python_files("services", "localstack")}
    assert len(settings_in(trees)) > 10
    assert unread(trees) == []


_SETTINGS = """
from pydantic_settings import BaseSettings
class OwnSettings(BaseSettings):
    model_config = {}
    port: int = 1
    host: str = "::"
    @model_validator(mode="after")
    def _checked(self): return self
"""
_DERIVED = (
    "class MoreSettings(OwnSettings):\n    wait: int = 3\n    @property\n    def doubled(self): return self.wait * 2\n"
)
_READING = "def start(settings: OwnSettings): listen(settings.host, settings.port)\n"


def _trees(**sources: str) -> dict[str, ast.Module]:
    return {f"services/{name.replace('_in_', '/')}.py": ast.parse(source) for name, source in sources.items()}


@pytest.mark.parametrize(
    ("sources", "members"),
    [
        ({"a_in_settings": _SETTINGS}, ["OwnSettings.port", "OwnSettings.host"]),
        ({"a_in_settings": _SETTINGS, "a_in_app": _READING.replace(", settings.port", "")}, ["OwnSettings.port"]),
        # Another object's member of that name, and another service's, read nothing of these settings.
        (
            {"a_in_settings": _SETTINGS, "a_in_app": _READING.replace("settings.port", "request.port")},
            ["OwnSettings.port"],
        ),
        (
            {"a_in_settings": _SETTINGS, "b_in_app": "def start(settings): listen(settings.host, settings.port)"},
            ["OwnSettings.port", "OwnSettings.host"],
        ),
        # What is only written is not read.
        (
            {"a_in_settings": _SETTINGS, "a_in_app": _READING.replace("settings.port", "2") + "settings.port = 3"},
            ["OwnSettings.port"],
        ),
        (
            {"a_in_settings": _SETTINGS + _DERIVED, "a_in_app": _READING.replace("OwnSettings", "MoreSettings")},
            ["MoreSettings.doubled"],
        ),
    ],
)  # fmt: skip
def test_a_setting_that_nothing_reads_is_found(sources: dict[str, str], members: list[str]) -> None:
    assert unread(_trees(**sources)) == members


@pytest.mark.parametrize(
    "reading",
    [
        _READING,
        "def start(app: OwnSettings): listen(app.settings.host, self._settings.port)",
        "def start(settings): listen(settings.host, settings.port)",
        "listen(OwnSettings().host, OwnSettings().port)",
        "a, b = OwnSettings(), 1\nlisten(a.host, a.port)",
    ],
)
def test_a_setting_that_is_read_is_not_found(reading: str) -> None:
    assert unread(_trees(a_in_settings=_SETTINGS, a_in_app=reading)) == []
