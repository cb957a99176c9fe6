"""An id that has a type of its own is not passed on as any UUID: a run's id for a tenant's would pass every check."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from architecture.sources import ROOT, named, python_files, tree_of

_IDS = ROOT / "services/foundation/domain/ids.py"


def _typed_names() -> frozenset[str]:
    """`TenantId` is the type of `tenant_id`, and of each of `tenant_ids`."""
    types = re.findall(r'^(\w+)Id = NewType\("\w+", UUID\)$', _IDS.read_text(), re.MULTILINE)
    names = {re.sub(r"(?<!^)(?=[A-Z])", "_", kind).lower() for kind in types}
    return frozenset(f"{name}_id{many}" for name in names for many in ("", "s"))


def _annotated(tree: ast.Module) -> Iterator[tuple[int, str, ast.expr]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.arg) and node.annotation is not None:
            yield node.lineno, node.arg, node.annotation
        elif isinstance(node, ast.AnnAssign):
            target = node.target
            yield (
                node.lineno,
                target.attr if isinstance(target, ast.Attribute) else ast.unparse(target),
                node.annotation,
            )


def _bare(file: Path, names: frozenset[str]) -> list[str]:
    return [
        f"{named(file) if file.is_relative_to(ROOT) else file.name}:{line} {name}"
        for line, name, annotation in _annotated(tree_of(file))
        if name.lstrip("_") in names and re.search(r"\bUUID\b", ast.unparse(annotation))
    ]


def test_ids_with_a_type_of_their_own_are_not_any_uuid() -> None:
    names = _typed_names()
    assert {"tenant_id", "user_id", "api_key_id", "task_id", "run_id", "step_id", "artifact_id", "job_id"} <= names
    assert [place for file in python_files("services") for place in _bare(file, names)] == []


@pytest.mark.parametrize(
    "line",
    ["def f(tenant_id: UUID) -> None: ...", "run_id: UUID | None = None", "step_ids: list[UUID]", "x.job_id: UUID = y"],
)
def test_the_rule_sees_parameters_fields_and_collections(line: str, tmp_path: Path) -> None:
    file = tmp_path / "slip.py"
    file.write_text(line)
    assert len(_bare(file, _typed_names())) == 1


def test_the_rule_leaves_ids_without_a_type_alone(tmp_path: Path) -> None:
    file = tmp_path / "fine.py"
    file.write_text("def f(tenant_id: TenantId, event_id: UUID, run_ids: set[RunId]) -> None: ...")
    assert _bare(file, _typed_names()) == []
