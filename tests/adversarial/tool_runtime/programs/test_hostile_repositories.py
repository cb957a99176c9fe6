"""Repositories that want their reader to run something, and archives of workspaces that are none."""

import io
import json
import tarfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from fixtures.sandboxing.git_remote import GitRemote, a_git_remote
from fixtures.sandboxing.sandboxes import Ran, a_workspace, run_tool
from foundation.contracts.tools.files import FILES
from foundation.contracts.tools.git import GIT

AUTHOR = {"name": "Ada", "email": "ada@example.com"}
URL = "https://git.example.com/a.git"
TRAP = """
import os, pathlib, stat, subprocess
own = pathlib.Path("repository/.git")
run = "touch /work/out/ran"
script = pathlib.Path("/work/trap"); script.write_text(f"#!/bin/sh\\n{run}\\ncat\\n"); script.chmod(0o755)
hooks = own / "hooks"; hooks.mkdir(exist_ok=True)
for name in ("pre-commit", "commit-msg", "prepare-commit-msg", "post-commit", "post-checkout", "pre-push",
             "reference-transaction", "post-index-change", "pre-auto-gc", "post-rewrite", "fsmonitor-watchman"):
    (hooks / name).write_text(f"#!/bin/sh\\n{run}\\n"); (hooks / name).chmod(0o755)
with open(own / "config", "a") as config:
    config.write('''
[core]
    hooksPath = /work/repository/.git/hooks
    fsmonitor = /work/trap
    sshCommand = /work/trap
    pager = /work/trap
    editor = /work/trap
    attributesFile = /work/attributes
    gitProxy = /work/trap
    askPass = /work/trap
    worktree = /work/out
[filter "trap"]
    clean = /work/trap
    smudge = /work/trap
    process = /work/trap
    required = true
[diff "trap"]
    textconv = /work/trap
    command = /work/trap
[diff]
    external = /work/trap
[merge "trap"]
    driver = /work/trap
[credential]
    helper = /work/trap
    helper = "!/work/trap"
[gpg]
    program = /work/trap
[commit]
    gpgSign = true
[alias]
    push = "!/work/trap"
    commit = "!/work/trap"
[include]
    path = /work/included
[includeIf "gitdir:/"]
    path = /work/included
[remote "origin"]
    uploadpack = /work/trap
    receivepack = /work/trap
    vcs = trap
[url "ext::/work/trap "]
    insteadOf = http
    pushInsteadOf = http
[protocol "ext"]
    allow = always
[extensions]
    worktreeConfig = true
    partialClone = origin
[http]
    proxy = http://127.0.0.1:1
    sslVerify = false
''')
pathlib.Path("included").write_text("[core]\\n  fsmonitor = /work/trap\\n")
(own / "config.worktree").write_text("[core]\\n  fsmonitor = /work/trap\\n")
(own / "info").mkdir(exist_ok=True); (own / "info" / "attributes").write_text("* filter=trap diff=trap merge=trap\\n")
pathlib.Path("attributes").write_text("* filter=trap diff=trap\\n")
pathlib.Path("repository/.gitattributes").write_text("* filter=trap diff=trap merge=trap\\n")
pathlib.Path("repository/new").write_text("new\\n")
os.environ["GIT_SSH"] = "/work/trap"
"""


@pytest.fixture
async def remote(tmp_path: Path) -> AsyncIterator[GitRemote]:
    async with a_git_remote(tmp_path) as made:
        yield made


class Calls:
    """Calls that share a workspace."""

    def __init__(self, remote: GitRemote | None, archive: bytes | None = None) -> None:
        self.place = (remote.place,) if remote is not None else ()
        self.archive = archive

    async def __call__(self, tool: str, **arguments: Any) -> Ran:
        workspace = a_workspace(self.archive)
        ran = await run_tool(tool, arguments, workspace=workspace, private=self.place)
        assert ran.survivors == []
        self.archive = workspace.kept
        return ran


async def test_nothing_that_a_repository_names_is_run_whatever_is_done_with_it(remote: GitRemote) -> None:
    call = Calls(remote)
    await call("git", action="clone", url=remote.url)
    assert (await call("code.python", code=TRAP)).stderr == ""
    for action in (
        {"action": "diff"},
        {"action": "branch", "name": "other"},
        {"action": "commit", "message": "x", "author": AUTHOR},
        {"action": "push"},
    ):
        ran = await call("git", **action)
        assert (ran.outcome.exit_code, ran.stderr) == (0, ""), action
        assert "ran" not in ran.files, action
    assert remote.git("show", "other:new") == "new\n"
    # Or the test above would prove nothing.
    assert (await call("code.python", code=TRAP)).stderr == ""
    ran = await call("code.python", code="import subprocess; subprocess.run(['git', 'status'], cwd='repository')")
    assert "ran" in ran.files


@pytest.mark.parametrize(
    "trick",
    [
        "shutil.move('repository/.git', 'elsewhere'); open('repository/.git', 'w').write('gitdir: /work/elsewhere')",
        "shutil.move('repository/.git', 'elsewhere'); os.symlink('../elsewhere', 'repository/.git')",
        "shutil.rmtree('repository/.git')",
    ],
    ids=["a file that leads elsewhere", "a link", "none"],
)
async def test_a_repository_that_lies_elsewhere_is_none(remote: GitRemote, trick: str) -> None:
    call = Calls(remote)
    await call("git", action="clone", url=remote.url)
    assert (await call("code.python", code=f"import os, shutil; {trick}")).stderr == ""
    assert json.loads((await call("git", action="diff")).files["result.json"])["error"]["code"] == "no_repository"


async def test_submodules_and_links_of_a_repository_lead_nowhere(remote: GitRemote) -> None:
    modules = b'[submodule "x"]\n\tpath = x\n\turl = file:///etc\n\tupdate = !touch /work/out/ran\n'
    links = {"passwd": "/etc/passwd", "up": "../../../etc", "fine": "README.md"}
    remote.commit({".gitmodules": modules}, links=links)
    call = Calls(remote)
    cloned = await call("git", action="clone", url=remote.url)
    assert (cloned.outcome.exit_code, list(cloned.files)) == (0, ["result.json"])
    assert sorted(name for name, _ in cloned.outcome.skipped) == ["repository/passwd", "repository/up"]
    for path in ("repository/passwd", "repository/up/shadow"):
        ran = await run_tool("files", {"action": "read", "path": path}, workspace=a_workspace(call.archive))
        assert json.loads(ran.files["result.json"])["error"]["code"] in {"not_found", "outside"}
    ran = await call(
        "code.python", code="import os; os.symlink('/etc/passwd', 'l'); print(open('repository/fine').read())"
    )
    assert ran.stdout == "# Project\n\n"
    made = "import os; os.symlink('/etc', 'repository/e')"
    assert (await call("code.python", code=made)).outcome.skipped[0][1] == "a link that leads out of the workspace"


async def test_no_link_that_leads_out_through_others_is_there_for_the_next_job() -> None:
    made = """
import os
os.makedirs("d/e")
for name, target in (("d/self", "."), ("root", "d/self/../.."), ("up", "d/e/up"), ("d/e/up", "../../d/self/../.."),
                     ("etc", "/work/d/self/../../etc"), ("fine", "d/self/e/../file"), ("through-out", "out/s/../x"),
                     ("loop", "loop"), ("dangling", "d/none/../file")):
    os.symlink(target, name)
os.symlink("/work/d/e", "out/s")
open("d/file", "w").write("here")
os.link("d/file", "second")
"""
    workspace = a_workspace()
    ran = await run_tool("code.python", {"code": made}, workspace=workspace)
    left = {name: reason for name, reason in ran.outcome.skipped if name != "s"}
    assert sorted(left) == ["d/e/up", "etc", "root", "up"]
    assert set(left.values()) == {"a link that leads out of the workspace"}
    look = (
        "import os; print(sorted(os.listdir()), open('fine').read(), open('second').read(), os.stat('second').st_nlink)"
    )
    again = await run_tool("code.python", {"code": look}, workspace=a_workspace(workspace.kept))
    names = ["d", "dangling", "fine", "in", "loop", "main.py", "out", "second", "through-out"]
    assert (again.stdout, again.stderr) == (f"{names} here here 1\n", "")


@pytest.mark.parametrize(
    "arguments",
    [
        {"action": "clone", "url": "ssh://git@git.example.com/a.git"},
        {"action": "clone", "url": "git@git.example.com:a.git"},
        {"action": "clone", "url": "ext::sh -c touch% /work/out/ran"},
        {"action": "clone", "url": "file:///etc"},
        {"action": "clone", "url": "/work/in"},
        {"action": "clone", "url": "--upload-pack=touch"},
        {"action": "clone", "url": "https://user:secret@git.example.com/a.git"},
        {"action": "clone", "url": "https://127.0.0.1/a.git"},
        {"action": "clone", "url": "https://localhost/a.git"},
        {"action": "clone", "url": URL, "branch": "--config=core.fsmonitor=x"},
        {"action": "clone", "url": URL, "folder": "../up"},
        {"action": "clone", "url": URL, "folder": "/etc"},
        {"action": "clone", "url": URL, "message": "x"},
        {"action": "clone", "url": URL, "depth": 0},
        {"action": "clone"},
        {"action": "branch", "name": "-D"},
        {"action": "commit", "message": "x", "author": {"name": "a\nb", "email": "x"}},
        {"action": "commit", "message": "x", "author": {"name": "a", "email": "x>"}},
        {"action": "commit", "message": "x", "author": AUTHOR, "paths": [":(top)"]},
        {"action": "commit", "message": "x"},
        {"action": "push", "url": URL},
        {"action": "gc"},
    ],
)
def test_arguments_that_would_become_something_else_are_refused(arguments: dict[str, Any]) -> None:
    assert GIT.faults(arguments) != []


@pytest.mark.parametrize(
    "arguments",
    [
        {"action": "read", "path": "../etc/passwd"},
        {"action": "read", "path": "/etc/passwd"},
        {"action": "read"},
        {"action": "write", "path": "in/a", "text": "x"},
        {"action": "write", "path": "main.py", "text": "x"},
        {"action": "write", "path": "a\0b", "text": "x"},
        {"action": "list", "path": "a/../b"},
        {"action": "search"},
        {"action": "patch", "patch": ""},
        {"action": "read", "path": "a", "text": "x"},
    ],
)
def test_paths_that_lead_out_are_refused(arguments: dict[str, Any]) -> None:
    assert FILES.faults(arguments) != []


async def test_a_patch_changes_nothing_outside_and_nothing_behind_a_link() -> None:
    call = Calls(None)
    await call("code.python", code="import os; os.mkdir('a'); os.symlink('a', 'l'); open('a/x', 'w').write('1\\n')")
    for path in ("../etc/x", "/etc/x", "l/x", ".git/hooks/pre-commit"):
        patch = f"--- a/{path}\n+++ b/{path}\n@@ -1 +1 @@\n-1\n+2\n"
        ran = await call("files", action="patch", patch=patch)
        assert json.loads(ran.files["result.json"])["error"]["code"] == "patch_refused", path


def tarred(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for member, content in members:
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def entry(name: str, kind: bytes = tarfile.REGTYPE, *, target: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname = kind, target
    return made


ARCHIVES: dict[str, tuple[Callable[[], bytes], str]] = {
    "a path upwards": (lambda: tarred((entry("../x"), b"1")), "is no path within it"),
    "a path upwards further down": (lambda: tarred((entry("a/../../x"), b"1")), "is no path within it"),
    "an absolute path": (lambda: tarred((entry("/tmp/x"), b"1")), "is no path within it"),
    "the program of the job": (lambda: tarred((entry("main.py"), b"1")), "belongs to the job"),
    "an artifact": (lambda: tarred((entry("out/result.json"), b"1")), "belongs to the job"),
    "a link out": (lambda: tarred((entry("l", tarfile.SYMTYPE, target="/etc"), b"")), "leads out of the workspace"),
    "a link up": (lambda: tarred((entry("a/l", tarfile.SYMTYPE, target="../../x"), b"")), "leads out of the workspace"),
    "a link up through one that comes later": (
        lambda: tarred(
            (entry("l", tarfile.SYMTYPE, target="d/self/../.."), b""),
            (entry("d/self", tarfile.SYMTYPE, target="."), b""),
        ),
        "l is a link that leads out of the workspace",
    ),
    "a link through too many": (
        lambda: tarred(*((entry(f"{n}", tarfile.SYMTYPE, target=f"{n + 1}"), b"") for n in range(41))),
        "0 is a link that leads through more than 40 links",
    ),
    "a file behind a link": (
        lambda: tarred((entry("l", tarfile.SYMTYPE, target="a"), b""), (entry("l/x"), b"1")),
        "lies behind a link",
    ),
    "a hard link": (lambda: tarred((entry("a"), b"1"), (entry("b", tarfile.LNKTYPE, target="a"), b"")), "neither"),
    "a device": (lambda: tarred((entry("a", tarfile.CHRTYPE), b"")), "neither"),
    "a pipe": (lambda: tarred((entry("a", tarfile.FIFOTYPE), b"")), "neither"),
    "a file twice": (lambda: tarred((entry("a"), b"1"), (entry("a"), b"2")), "no archive of a workspace"),
    "more bytes than it may hold": (lambda: tarred(*((entry(str(n)), bytes(64 << 10)) for n in range(30))), "bytes"),
    "more files than it may hold": (lambda: tarred(*((entry(str(n)), b"") for n in range(101))), "100 files"),
    "no archive": (lambda: b"\x1f\x8b nonsense", "no archive of a workspace"),
    "half an archive": (lambda: tarred((entry("a"), bytes(range(256)) * 400))[:200], "no archive of a workspace"),
}


@pytest.mark.parametrize("name", ARCHIVES)
async def test_an_archive_that_is_no_workspace_ends_its_job_before_the_program(name: str) -> None:
    make, words = ARCHIVES[name]
    ran = await run_tool(
        "code.python", {"code": "print('ran')"}, workspace=a_workspace(make(), entries=100, bytes=1 << 20)
    )
    assert (ran.outcome.exit_code, ran.stdout, ran.survivors) == (126, "", [])
    assert "the workspace cannot be unpacked" in ran.stderr
    assert words in ran.stderr


async def test_a_workspace_that_is_too_large_is_not_kept_and_said_so() -> None:
    for code, words in (
        ("for n in range(2001): open(f'{n}', 'w').close()", "more than 2000 files"),
        ("open('a', 'wb').write(bytes(3 << 20))", "2097152 bytes"),
        ("import os; open('a', 'wb').write(os.urandom(1500000))", "its archive would be too large"),
    ):
        workspace = a_workspace(entries=2000, bytes=2 << 20, archive=1 << 20)
        ran = await run_tool("code.python", {"code": code}, workspace=workspace)
        assert (ran.outcome.exit_code, ran.survivors) == (0, [])
        [(name, reason)] = ran.outcome.skipped
        assert (workspace.kept, name, words in reason) == (None, "workspace", True), reason


async def test_a_job_that_is_stopped_leaves_the_workspace_as_it_was_then() -> None:
    workspace = a_workspace()
    ran = await run_tool(
        "code.python",
        {"code": "open('a', 'w').write('1'); import time; time.sleep(60)"},
        workspace=workspace,
        wall_seconds=1,
    )
    assert ran.outcome.stop is not None
    again = await run_tool("code.python", {"code": "print(open('a').read())"}, workspace=a_workspace(workspace.kept))
    assert again.stdout == "1\n"
