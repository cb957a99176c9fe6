"""The Python client that is kept is what the API's document gives; it installs alone, and its types are true."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import httpx
import pytest
from packaging.requirements import Requirement

from fixtures.machine.processes import ROOT
from fixtures.python_client.generated_client import CLIENT, GENERATED, document_of_api, texts_of, written_to
from fixtures.python_client.pasting import NotTaken, ReadingPrompt, python_blocks

_UV = Path(os.environ.get("LOCKSTEP_LOCAL_DIR", ROOT / ".local")) / "bootstrap" / "venv" / "bin" / "uv"
_PROGRAM = """
import asyncio
from collections.abc import Iterator
from uuid import UUID

from typing_extensions import assert_type

from lockstep_client import Answer, AsyncClient, Client, NotFound, every, every_async
from lockstep_client.generated.api.runs import get_run
from lockstep_client.generated.models import (
    DefinedTask,
    ListedRun,
    ListRunsFieldsItem,
    RunEventView,
    RunStatus,
    RunView,
    StartRun,
    TaskDefinition,
)
from lockstep_client.generated.types import Unset


def first_failed(client: Client) -> RunView | None:
    runs = every(client.runs.list_runs, status=RunStatus.FAILED, limit=10, fields=[ListRunsFieldsItem.ERROR])
    assert_type(runs, Iterator[ListedRun])
    first = next(runs, None)
    return None if first is None else client.runs.get_run(first.id)


def a_run(client: Client, definition: dict[str, object]) -> RunView:
    task = client.tasks.create_task(body=TaskDefinition.from_dict(definition))
    assert_type(task, DefinedTask)
    run = client.runs.start_run(body=StartRun(task_id=task.id), idempotency_key="one")
    for event in client.follow_run(run.id):
        assert_type(event, RunEventView)
    answer = client.answer(get_run.call(run.id))
    assert_type(answer, Answer[RunView])
    return client.runs.pause_run(run.id, if_match=answer.etag or "*")


async def names(client: AsyncClient, run_id: UUID) -> list[str | Unset]:
    try:
        await client.runs.get_run(run_id)
    except NotFound as missing:
        print(missing.remedy, missing.faults)
    return [task.name async for task in every_async(client.tasks.list_tasks)]


with Client("http://127.0.0.1:1", "token") as waiting:
    first_failed(waiting)
asyncio.run(names(AsyncClient("http://127.0.0.1:1"), UUID(int=0)))
"""
_PAGES = {"readme.py": CLIENT / "README.md", "guide.py": ROOT / "docs" / "guides" / "a-tenants-life.md"}
_WRONG = {
    "client.runs.get_run('not an id')": "arg-type",
    "client.runs.list_runs(state=1)": "call-arg",
    "every(client.runs.list_runs, state=1)": "call-arg",
    "client.runs.get_run(UUID(int=0)).statos": "attr-defined",
    "client.runs.start_run(body={})": "arg-type",
}


def test_what_is_kept_is_what_the_document_gives_now(tmp_path: Path) -> None:
    made, kept = texts_of(written_to(tmp_path)), texts_of(GENERATED)
    changed = [name for name in sorted(made.keys() | kept.keys()) if made.get(name) != kept.get(name)]
    assert changed == [], "run `make client`"


def test_it_has_every_operation_in_both_clients() -> None:
    paths = document_of_api()["paths"].values()
    names = {operation["operationId"] for path in paths for operation in path.values()}
    groups = {name: text for name, text in texts_of(GENERATED).items() if name.startswith("api/")}
    assert {Path(name).stem for name in groups} - {"__init__"} == names
    said = "\n".join(groups.values())
    assert [name for name in names if f"    def {name}(" not in said or f"    async def {name}(" not in said] == []


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter that has the client from its wheel; what it stands on is lent to it from ours."""
    folder = tmp_path_factory.mktemp("wheel")
    offline = ("--offline", "--no-config", "--quiet")
    for command in (
        ("build", *offline, "--wheel", "--out-dir", str(folder), str(CLIENT)),
        ("venv", *offline, "--python", sys.executable, str(folder / "venv")),
        (
            *("pip", "install", *offline, "--python", str(folder / "venv" / "bin" / "python")),
            *("--no-deps", "--no-index", "--find-links", str(folder), "lockstep-client"),
        ),
    ):
        done = subprocess.run([str(_UV), *command], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    return folder / "venv" / "bin" / "python"


def test_any_backend_that_an_index_has_builds_it() -> None:
    [required] = tomllib.loads((CLIENT / "pyproject.toml").read_text())["build-system"]["requires"]
    backend = Requirement(required)
    assert [version for version in ("0.9.0", "0.13.0", "0.13.6") if not backend.specifier.contains(version)] == []


@pytest.mark.parametrize("page", _PAGES.values(), ids=list(_PAGES))
def test_each_block_of_a_page_can_be_pasted_into_pythons_prompt(page: Path) -> None:
    for block in python_blocks(page):
        ReadingPrompt().paste(block)


def test_a_block_that_the_prompt_does_not_take_is_found() -> None:
    for block in ("for one in ():\n    pass\nprint()\n", "print(\n"):
        with pytest.raises(NotTaken):
            ReadingPrompt().paste(block)


def test_the_wheel_has_all_of_it(installed: Path) -> None:
    program = (
        "import lockstep_client, pathlib; place = pathlib.Path(lockstep_client.__file__).parent\n"
        "print(place); print(len(list(place.rglob('*.py')))); print((place / 'py.typed').exists())"
    )
    lent = str(Path(httpx.__file__).parents[1])
    done = subprocess.run(
        [str(installed), "-c", program],
        env={"PYTHONPATH": lent},
        cwd=installed.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    place, files, typed = done.stdout.split()
    assert Path(place).is_relative_to(installed.parents[1])
    assert int(files) == len(list((CLIENT / "lockstep_client").rglob("*.py")))
    assert typed == "True"


def test_a_strict_checker_takes_a_program_that_is_right_and_finds_each_fault_of_one_that_is_not(
    installed: Path, tmp_path: Path
) -> None:
    (tmp_path / "right.py").write_text(_PROGRAM)
    for name, page in _PAGES.items():
        (tmp_path / name).write_text("\n".join(python_blocks(page)))
    wrong = "from uuid import UUID\nfrom lockstep_client import Client, every\nclient = Client('http://127.0.0.1:1')\n"
    (tmp_path / "wrong.py").write_text(wrong + "\n".join(_WRONG))
    [site] = (installed.parents[1] / "lib").glob("python*/site-packages")
    # Beside ours, which has what the client stands on, as if all were installed in one place.
    (site / "lent.pth").write_text(f"{Path(httpx.__file__).parents[1]}\n")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--config-file", os.devnull),
            *("--python-executable", str(installed), "right.py", *_PAGES, "wrong.py"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    found = [line.rpartition("[")[::2] for line in done.stdout.splitlines() if ": error: " in line]
    places = [(said.split(":")[0], int(said.split(":")[1]) - 4, code.rstrip("]")) for said, code in found]
    assert places == [("wrong.py", line, code) for line, code in enumerate(_WRONG.values())], done.stdout + done.stderr
