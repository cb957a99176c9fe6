"""A kind of step has everything that it needs: a test names the place that was forgotten."""

import re
from typing import get_args

import pytest

from architecture.sources import ROOT
from foundation.contracts.steps.base import StepBase
from foundation.contracts.steps.catalogue import Step
from foundation.domain.states import StepKind
from orchestrator.engines.base import RegisteredEngine
from orchestrator.engines.registry import ENGINES

MODELS: tuple[type[StepBase], ...] = get_args(get_args(Step)[0])
KIND_OF = {model: get_args(model.model_fields["kind"].annotation)[0] for model in MODELS}


def test_every_kind_has_one_engine_and_every_engine_its_kind() -> None:
    missing = sorted(set(StepKind) - {engine.kind for engine in ENGINES})
    assert not missing, f"no member of ENGINES in orchestrator/engines/registry.py runs {missing}"
    assert len({engine.kind for engine in ENGINES}) == len(ENGINES), "two engines of ENGINES run the same kind"


@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_stands_in_the_folder_of_its_kind(engine: type[RegisteredEngine]) -> None:
    assert engine.__module__ == f"orchestrator.engines.{engine.kind}.engine"


def test_no_folder_of_an_engine_is_without_its_member() -> None:
    folders = {path.parent.name for path in (ROOT / "services/orchestrator/engines").glob("*/engine.py")}
    forgotten = sorted(folders - {engine.kind for engine in ENGINES})
    assert not forgotten, f"orchestrator/engines/{forgotten} have no member of ENGINES in registry.py"


def test_a_definition_may_name_every_kind_and_no_other() -> None:
    missing = sorted(set(StepKind) - set(KIND_OF.values()))
    assert not missing, f"no member of Step in foundation/contracts/steps/catalogue.py is of {missing}"
    unknown = sorted(set(KIND_OF.values()) - set(StepKind))
    assert not unknown, f"StepKind in foundation/domain/states.py has no {unknown}"


@pytest.mark.parametrize("model", MODELS)
def test_a_kinds_fields_stand_in_the_file_of_its_name(model: type[StepBase]) -> None:
    assert model.__module__ == f"foundation.contracts.steps.{KIND_OF[model]}"


def test_the_reference_tells_of_every_kind() -> None:
    page = (ROOT / "docs/reference/task-definition.md").read_text()
    missing = [kind for kind in StepKind if not re.search(rf"`{kind}`|kind: {kind}\b", page)]
    assert not missing, f"docs/reference/task-definition.md tells nothing of {missing}"
