"""Every import contract is broken by what it forbids: one violation of each, in a copy of the tree, is named."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from architecture.sources import ROOT

_ROOTS = ("services", "localstack", "infra")
_ALLOWED = "json"
"""What a seed imports whose violation is that it is there at all: a room that no contract names."""
_PYTHONPATH = (".", "services", "localstack")
_CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
# By contract: the file that gets a line (made where it is missing), and the module that this line imports.
SEEDS = {
    "Services import foundation only, never each other": ("services/control_plane/settings.py", "lambdas.settings"),
    "The rooms of foundation": ("services/foundation/attic/__init__.py", _ALLOWED),
    "Foundation knows no service": ("services/foundation/http/health.py", "lambdas.settings"),
    "The domain is standard library only": ("services/foundation/domain/money.py", "pydantic"),
    "SQL stays in foundation.storage": ("services/orchestrator/work.py", "sqlalchemy"),
    "PostgreSQL's driver stays in foundation and the supervisor": ("services/lambdas/settings.py", "psycopg"),
    "AWS stays in foundation.cloud, and in what deploys": ("services/orchestrator/work.py", "boto3"),
    "FastAPI stays at the edges of the web apps": ("services/control_plane/money/budgets/service.py", "fastapi"),
    "LangGraph stays in the agent's engine": ("services/orchestrator/engines/noop/engine.py", "langgraph"),
    "CrewAI stays in the program of a crew": ("services/orchestrator/engines/crew/engine.py", "crewai"),
    "The program of a crew has only CrewAI and the frames": (
        "services/orchestrator/engines/crew/program/escapes.py",
        "foundation.domain.money",
    ),
    "Engines do not know each other": (
        "services/orchestrator/engines/llm/engine.py",
        "orchestrator.engines.tool.engine",
    ),
    "Redis stays with what gateways share, what workers tell of themselves, and what requests are counted in": (
        "services/llm_gateway/pricing/prices.py",
        "redis",
    ),
    "Models are reached through the gateway's client": ("services/orchestrator/engines/noop/engine.py", "openai"),
    "HTTP clients stay where another process is asked": ("services/foundation/workflow/claims.py", "httpx"),
    "Schemas that tenants write are checked within bounds": (
        "services/control_plane/money/budgets/service.py",
        "jsonschema_rs",
    ),
    "When schedules fire is told by one calendar": ("services/control_plane/scheduling/loops.py", "cronsim"),
    "PDF is drawn in one place": ("services/control_plane/money/budgets/service.py", "fpdf"),
    "The tool runtime reaches neither database nor cloud": (
        "services/tool_runtime/protocol.py",
        "foundation.storage.tasks",
    ),
    "No circles among siblings": ("services/foundation/cloud/objects/upload_forms.py", "foundation.cloud.objects.s3"),
    "infra knows neither the local stack nor a service": ("infra/names.py", "foundation.domain.money"),
    "No service knows the cloud's templates or the local stack": ("services/lambdas/settings.py", "infra.names"),
    "The simulated provider knows nothing of ours": (
        "localstack/simulated_provider/settings.py",
        "foundation.domain.money",
    ),
    "The supervisor starts services and imports none": ("localstack/supervisor/settings.py", "foundation.domain.money"),
    "The rooms of infra": ("infra/attic.py", _ALLOWED),
    "The rooms of the simulated provider": ("localstack/simulated_provider/attic.py", _ALLOWED),
    "The wires of the simulated provider share only OpenAI's words": (
        "localstack/simulated_provider/wires/attic.py",
        _ALLOWED,
    ),
    "The rooms of the supervisor": ("localstack/supervisor/attic.py", _ALLOWED),
}


def _lint(tree: Path) -> str:
    """What lint-imports prints of a tree, in lines as long as they are."""
    command = (str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(_PYTHONPATH), "COLUMNS": "500"}
    return subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False).stdout


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What is told under each contract that a copy of the tree breaks; the copy has every seed."""
    copy = tmp_path_factory.mktemp("tree")
    for name in _ROOTS:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    for path, module in SEEDS.values():
        file = copy / path
        file.parent.mkdir(exist_ok=True)
        with file.open("a", encoding="utf-8") as written:
            written.write(f"\nimport {module}\n")
    _, *parts = re.split(r"^(.+)\n-{10,}\n", _lint(copy).partition("Broken contracts")[2], flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def test_the_tree_keeps_every_contract() -> None:
    assert f"Contracts: {len(_CONTRACTS)} kept, 0 broken." in _lint(ROOT)


def test_every_contract_has_a_seed() -> None:
    assert set(SEEDS) == {contract["name"] for contract in _CONTRACTS}


@pytest.mark.parametrize("contract", SEEDS)
def test_a_violation_is_told_under_the_contract_that_it_breaks(broken: dict[str, str], contract: str) -> None:
    path, imported = SEEDS[contract]
    importer = path.removesuffix(".py").removesuffix("/__init__").rpartition("/")[2]
    # The contract about circles names siblings only by the last part of their names.
    assert re.search(rf"\b{importer}\b", broken[contract])
    assert imported == _ALLOWED or re.search(rf"\b{imported.rpartition('.')[2]}\b", broken[contract])
