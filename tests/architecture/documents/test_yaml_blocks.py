"""What the documents show as YAML is taken by the API as it stands: it is read, and each step in it is a step."""

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from architecture.sources import ROOT
from control_plane.requests.yaml_documents import parse_yaml
from foundation.contracts.steps.catalogue import Step

_STEP: TypeAdapter[Step] = TypeAdapter(Step)
_BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks() -> list[Any]:
    found = []
    for page in sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]):
        for number, block in enumerate(_BLOCK.findall(page.read_text(encoding="utf-8"))):
            found.append(pytest.param(page, block, id=f"{page.relative_to(ROOT)}-{number}"))
    return found


def steps_in(document: Any) -> list[Any]:
    steps = document.get("steps", []) if isinstance(document, dict) else document
    return [step for step in steps if isinstance(step, dict) and "kind" in step] if isinstance(steps, list) else []


@pytest.mark.parametrize(("page", "block"), blocks())
def test_a_block_of_yaml_is_read_and_its_steps_are_steps(page: Path, block: str) -> None:
    document = parse_yaml(block.encode())
    assert document is not None, page
    for step in steps_in(document):
        _STEP.validate_python(step, strict=False)


def test_steps_are_found_among_the_blocks() -> None:
    shown = [step for param in blocks() for step in steps_in(parse_yaml(param.values[1].encode()))]
    assert {"foreach", "when", "retry"} <= {member for step in shown for member in step}
