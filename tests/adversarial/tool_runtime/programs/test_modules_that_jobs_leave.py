"""Files named as modules of Python, which a job leaves where others begin: nothing of ours imports them."""

import json
from typing import Any

import pytest

from fixtures.mcp.hostile_servers import PYTHON as SERVER
from fixtures.mcp.hostile_servers import WHEEL, a_wheel
from fixtures.sandboxing.sandboxes import a_workspace, run_tool
from fixtures.sandboxing.simulated_task import run_in_task

# A program of the caller's finds what lies beside it, as everywhere: that one says nothing.
PLANTED = """
import sys
if sys.argv[0] != '/work/main.py':
    import posix
    posix.close(posix.open('/work/out/ran-' + __name__, posix.O_CREAT | posix.O_WRONLY))
"""
PLANT = f"""
import os, sys
names = {{*sys.stdlib_module_names, "foundation", "tool_runtime", "playwright", "mcp", "httpx2", "sitecustomize"}}
for name in names - {{"sys", "posix"}}:
    with open(f"/work/{{name}}.py", "w") as file: file.write({PLANTED!r})
for name in ("sitecustomize", "usercustomize"):
    os.makedirs(f"/work/lib/{{name}}"); open(f"/work/lib/{{name}}/__init__.py", "w").write({PLANTED!r})
open("/work/out/kept.txt", "w").write("as it was"); os.mkfifo("/work/out/pipe")
"""
EGRESS = {"url": "http://nowhere.example/"}
CALLS: dict[str, tuple[dict[str, Any], str | None]] = {
    "files": ({"action": "list"}, None),
    "http": ({"method": "GET", **EGRESS}, "egress_denied"),
    "search": ({"query": "harbour"}, None),
    "git": ({"action": "diff"}, "no_repository"),
    "browser": ({"steps": [{"goto": EGRESS["url"]}]}, "egress_denied"),
    "mcp.list": ({"server": SERVER}, None),
    "code_agent": ({"agent": "claude_code", "model": "m", "instructions": "Nothing."}, "out_of_time"),
}


async def planted() -> bytes:
    """The workspace as the job has left it, whose own end has told what it had to."""
    workspace = a_workspace()
    ran = await run_tool("code.python", {"code": PLANT}, workspace=workspace)
    assert (ran.outcome.exit_code, ran.outcome.stop, ran.stderr, ran.survivors) == (0, None, "", [])
    assert ran.files == {"kept.txt": b"as it was"}
    assert workspace.kept is not None
    return workspace.kept


@pytest.mark.parametrize("tool", CALLS)
async def test_no_program_of_ours_imports_what_a_job_has_left(tool: str) -> None:
    arguments, code = CALLS[tool]
    workspace = a_workspace(await planted())
    files = {"mcp.list": {WHEEL: a_wheel()}, "search": {"a.txt": b"a harbour"}}.get(tool)
    seconds = 10 if code == "out_of_time" else 60
    ran = await run_tool(tool, arguments, files=files, workspace=workspace, wall_seconds=seconds, memory_mb=4096)
    assert (ran.outcome.stop, ran.survivors) == (None, [])
    assert not [name for name in ran.files if name.startswith("ran-")]
    error = json.loads(ran.files["result.json"]).get("error")
    assert (error and error["code"]) == code, (error, ran.stderr)


async def test_wheels_are_laid_out_by_what_is_ours() -> None:
    name = "more-1.0-py3-none-any.whl"
    arguments = {"code": "import more; print(more.__doc__)", "wheels": [name]}
    workspace = a_workspace(await planted())
    wheel = a_wheel(**{"more.py": '"""more"""', **{f"{one}.py": PLANTED for one in ("json", "zipfile", "shutil")}})
    ran = await run_tool("code.python", arguments, files={name: wheel}, workspace=workspace)
    assert (ran.stdout, ran.files) == ("more\n", {})


def test_nor_does_the_first_process_of_a_task() -> None:
    ran = run_in_task("code.python", {"code": PLANT})
    assert (ran.refused, ran.stop, ran.exit_code, ran.stderr) == (None, None, 0, "")
    assert list(ran.files or {}) == ["kept.txt"]
