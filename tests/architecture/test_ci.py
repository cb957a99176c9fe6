"""What the hosted CI runs is what `.ci/run` runs; the hooks before a commit download nothing."""

import re
from typing import Any

import pytest
import yaml

from architecture.sources import ROOT

_MAKE = re.compile(r"^make ([a-z-]+)$", re.MULTILINE)


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def targets_of_workflow(document: dict[str, Any]) -> list[str]:
    """Targets of make in the order in which the workflow runs them, by itself or by `.ci/run`."""
    steps = [step for job in document["jobs"].values() for step in job["steps"]]
    commands = "\n".join(step["run"] for step in steps if "run" in step)
    return _MAKE.findall(re.sub(r"^\.ci/run$", lambda _: _text(".ci/run"), commands, flags=re.MULTILINE))


def test_the_hosted_ci_runs_the_targets_of_ci_run() -> None:
    targets = _MAKE.findall(_text(".ci/run"))
    assert {"check", "test"} <= set(targets)
    assert targets_of_workflow(yaml.safe_load(_text(".github/workflows/ci.yaml"))) == targets


@pytest.mark.parametrize("run", ["make check", "make check\nmake verify", ".ci/run\nmake bench", "true"])
def test_a_workflow_that_runs_other_targets_is_found(run: str) -> None:
    assert targets_of_workflow({"jobs": {"all": {"steps": [{"run": run}]}}}) != _MAKE.findall(_text(".ci/run"))


def test_the_targets_are_in_the_makefile_and_explained_to_contributors() -> None:
    made = set(re.findall(r"^([a-z-]+):", _text("Makefile"), re.MULTILINE))
    targets = set(_MAKE.findall(_text(".ci/run")))
    assert targets - made == set()
    assert [target for target in sorted(targets) if f"`make {target}`" not in _text("CONTRIBUTING.md")] == []


def test_hooks_are_tools_of_the_projects_own_environment() -> None:
    repositories = yaml.safe_load(_text(".pre-commit-config.yaml"))["repos"]
    assert {repository["repo"] for repository in repositories} == {"local"}
    hooks = [hook for repository in repositories for hook in repository["hooks"]]
    assert {hook["language"] for hook in hooks} == {"system"}
    assert [hook["id"] for hook in hooks if ".venv/bin/" not in hook["entry"]] == []


def test_the_hook_of_import_directions_looks_where_make_check_looks() -> None:
    [looked] = re.findall(r"PYTHONPATH=(\S+) \$\(VENV\)/lint-imports", _text("Makefile"))
    [hook] = [
        hook
        for repository in yaml.safe_load(_text(".pre-commit-config.yaml"))["repos"]
        for hook in repository["hooks"]
        if "lint-imports" in hook["entry"]
    ]
    assert hook["entry"] == f"env PYTHONPATH={looked} .venv/bin/lint-imports"
    for root in ("services", "localstack", "infra"):
        assert re.search(hook["files"], f"{root}/any/module.py")
