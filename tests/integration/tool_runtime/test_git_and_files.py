"""Work with a repository from its clone to its push, one call after the other, each in a sandbox of its own."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fixtures.sandboxing.git_remote import GitRemote, a_git_remote
from fixtures.sandboxing.sandboxes import Ran, a_workspace, run_tool
from foundation.contracts.egress.records import EgressVerdict
from foundation.contracts.tools.files import FilesResult
from foundation.contracts.tools.git import GitResult

AUTHOR = {"name": "Ada", "email": "ada@example.com"}


@dataclass
class Session:
    """Calls that share a workspace; `result` is that of the last one."""

    remote: GitRemote
    archive: bytes | None = None

    async def ran(self, tool: str, **arguments: Any) -> Ran:
        workspace = a_workspace(self.archive)
        ran = await run_tool(tool, arguments, workspace=workspace, private=(self.remote.place,), cpu_seconds=60)
        assert ran.survivors == []
        self.archive = workspace.kept
        return ran

    async def git(self, action: str, **arguments: Any) -> dict[str, Any]:
        return self._result(await self.ran("git", action=action, **arguments), GitResult)

    async def files(self, action: str, **arguments: Any) -> dict[str, Any]:
        return self._result(await self.ran("files", action=action, **arguments), FilesResult)

    def _result(self, ran: Ran, form: type[GitResult | FilesResult]) -> dict[str, Any]:
        result: dict[str, Any] = json.loads(ran.files["result.json"])
        form.model_validate(result)
        assert ran.outcome.exit_code == ("error" in result), ran.stderr
        return result


@pytest.fixture
async def session(tmp_path: Path) -> AsyncIterator[Session]:
    async with a_git_remote(tmp_path) as remote:
        yield Session(remote)


async def test_a_change_goes_from_a_clone_to_the_remote(session: Session) -> None:
    cloned = await session.git("clone", url=session.remote.url)
    head = session.remote.git("rev-parse", "main").strip()
    assert cloned == {"folder": "repository", "branch": "main", "commit": head}
    assert (await session.git("branch", name="feature/greeting"))["branch"] == "feature/greeting"
    patch = "--- a/src/app.py\n+++ b/src/app.py\n@@ -1 +1 @@\n-print('hello')\n+print('good day')\n"
    assert (await session.files("patch", path="repository", patch=patch))["changed"] == ["src/app.py"]
    await session.files("write", path="repository/docs/new.md", text="# New\n")
    ran = await session.ran("code.python", code="import subprocess; print(open('repository/src/app.py').read())")
    assert ran.stdout == "print('good day')\n\n"
    diff = await session.git("diff")
    assert diff["changed"] == [{"status": "A", "path": "docs/new.md"}, {"status": "M", "path": "src/app.py"}]
    assert "+print('good day')" in diff["diff"]
    committed = await session.git("commit", message="Greet better\n\nBy day.", author=AUTHOR)
    assert (committed["changed"], committed["branch"]) == (2, "feature/greeting")
    pushed = await session.git("push")
    assert pushed["pushed"] == "feature/greeting"
    log = session.remote.git("log", "-1", "--format=%H|%an|%ae|%B", "feature/greeting").strip()
    assert log == f"{committed['commit']}|Ada|ada@example.com|Greet better\n\nBy day."
    assert session.remote.git("show", "feature/greeting:docs/new.md") == "# New\n"


async def test_a_push_that_is_repeated_is_no_failure_and_one_over_others_work_is(session: Session) -> None:
    await session.git("clone", url=session.remote.url)
    await session.files("write", path="repository/a", text="a")
    await session.git("commit", message="a", author=AUTHOR)
    assert (await session.git("push"))["pushed"] == "main"
    session.remote.commit({"b": b"b"})
    assert (await session.git("push"))["pushed"] == "main", "it is there, below what somebody else has pushed since"
    await session.files("write", path="repository/c", text="c")
    await session.git("commit", message="c", author=AUTHOR)
    assert (await session.git("push"))["error"]["code"] == "rejected"
    assert "c" not in session.remote.git("ls-tree", "--name-only", "main").split()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"action": "clone", "url": "https://elsewhere.example/x.git"}, "egress_denied"),
        ({"action": "clone", "url": "{url}x"}, "not_found"),
        ({"action": "clone", "url": "{url}", "branch": "none"}, "no_such_revision"),
        ({"action": "diff"}, "no_repository"),
        ({"action": "push", "folder": "elsewhere"}, "no_repository"),
    ],
)
async def test_what_cannot_be_done_is_told_in_words_that_its_caller_can_act_on(
    session: Session, arguments: dict[str, Any], code: str
) -> None:
    given = {name: value.replace("{url}", session.remote.url) for name, value in arguments.items()}
    result = await session.git(**given)
    assert result["error"]["code"] == code, result
    assert result["error"]["detail"]


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("action", ["clone", "push"])
async def test_a_host_that_is_not_allowed_ends_git_as_it_ends_every_tool(
    session: Session, scheme: str, action: str
) -> None:
    asked = {"action": "clone", "url": f"{scheme}://elsewhere.example/x.git"}
    if action == "push":
        await session.git("clone", url=session.remote.url)
        text = f'[core]\nrepositoryformatversion = 0\n[remote "origin"]\nurl = {asked["url"]}\n'
        await session.files("write", path="repository/.git/config", text=text)
        asked = {"action": "push"}
    error = (await session.git(**asked))["error"]
    assert error["code"] == "egress_denied"
    assert error["detail"] == (
        "host_not_allowed: the task's `egress` does not name this host; add it there (elsewhere.example)"
    )


async def test_a_server_that_refuses_by_itself_is_not_taken_for_the_proxy(session: Session) -> None:
    session.remote.refuses = {"x-egress-reason": "host_not_allowed", "x-egress-proof": "0" * 64}
    error = (await session.git("clone", url=session.remote.url))["error"]
    assert error["code"] == "not_authorized"
    assert "name a secret of its host" in error["detail"]


async def test_a_server_that_says_it_keeps_the_connection_cuts_no_request_of_gits(session: Session) -> None:
    session.remote.keeps_open = True
    ran = await session.ran("git", action="clone", url=session.remote.url)
    assert ran.outcome.exit_code == 0, ran.stderr
    assert len(session.remote.asked) > 1
    assert {(record.verdict, record.reason) for record in ran.egress.records} == {(EgressVerdict.ALLOWED, None)}


async def test_an_action_on_a_clone_is_refused_with_its_reason(session: Session) -> None:
    await session.git("clone", url=session.remote.url, depth=1, folder="a/b")
    assert (await session.git("commit", folder="a/b", message="x", author=AUTHOR))["error"]["code"] == "nothing_changed"
    assert (await session.git("clone", url=session.remote.url, folder="a/b"))["error"]["code"] == "folder_exists"
    assert (await session.git("diff", folder="a/b", base="none"))["error"]["code"] == "no_such_revision"
    assert (await session.git("push", folder="a/b", branch="none"))["error"]["code"] == "no_such_revision"
    refused = await session.git("clone", url=session.remote.url, folder="a/b/README.md/x")
    assert refused["error"]["code"] == "not_possible"
    assert (await session.files("read", path="a/b/none"))["error"]["code"] == "not_found"
    assert (await session.files("patch", path="a/b", patch="nonsense"))["error"]["code"] == "patch_refused"


async def test_a_search_that_would_not_end_says_what_to_write_instead(session: Session) -> None:
    await session.files("write", path="a.txt", text="a" * 60 + "!")
    ran = await run_tool(
        "files",
        {"action": "search", "pattern": "(a+)+$", "regex": True},
        wall_seconds=2,
        workspace=a_workspace(session.archive),
    )
    error = json.loads(ran.files["result.json"])["error"]
    assert (ran.outcome.stop, ran.outcome.exit_code, error["code"]) == (None, 1, "timed_out")
    assert "write a simpler one" in error["detail"]


async def test_files_are_listed_searched_and_read_in_parts(session: Session) -> None:
    await session.git("clone", url=session.remote.url)
    await session.files("write", path="repository/long.txt", text="".join(f"line {n}\n" for n in range(1, 50)))
    listed = await session.files("list", path="repository", glob="*.py")
    assert listed["entries"] == [{"path": "repository/src/app.py", "type": "file", "size": 15}]
    found = await session.files("search", pattern="LINE 4[0-2]", regex=True, ignore_case=True, glob="*.txt")
    assert [match["line"] for match in found["matches"]] == [40, 41, 42]
    part = await session.files("read", path="repository/long.txt", from_line=48, lines=5)
    assert (part["text"], part["to_line"], part["lines"]) == ("line 48\nline 49\n", 49, 49)


async def test_links_that_no_workspace_carries_are_not_committed_as_deleted(session: Session) -> None:
    links = {"out": "/etc/passwd", "deep/out": "../../../../etc", "in_it": "README.md", "stays": "src/app.py"}
    session.remote.commit({"deep/file": b"x"}, links=links)
    await session.git("clone", url=session.remote.url)
    code = (
        "import os; os.remove('repository/in_it'); os.chmod('repository/README.md', 0); os.chmod('repository/src', 0)"
    )
    await session.ran("code.python", code=code)
    await session.files("write", path="repository/new", text="new")
    # What a diff does to the index must not count as a deletion either.
    assert [(one["status"], one["path"]) for one in (await session.git("diff"))["changed"]] == [
        ("D", "in_it"),
        ("A", "new"),
    ]
    assert (await session.git("branch", name="feature"))["branch"] == "feature"
    assert (await session.git("commit", message="new", author=AUTHOR))["changed"] == 2
    await session.git("push")
    listed = session.remote.git("ls-tree", "-r", "--name-only", "feature").split()
    assert listed == ["README.md", "deep/file", "deep/out", "new", "out", "src/app.py", "stays"]
    assert session.remote.git("cat-file", "blob", "feature:deep/out") == "../../../../etc"


async def test_links_that_lead_back_to_themselves_are_told(session: Session) -> None:
    await session.ran("code.python", code="import os; os.symlink('b', 'a'); os.symlink('a', 'b')")
    for tool, arguments in (
        ("files", {"action": "read", "path": "a"}),
        ("files", {"action": "write", "path": "a/x", "text": ""}),
        ("files", {"action": "list", "path": "b"}),
        ("git", {"action": "diff", "folder": "a"}),
        ("git", {"action": "clone", "folder": "b/x", "url": session.remote.url}),
    ):
        ran = await session.ran(tool, **arguments)
        assert json.loads(ran.files["result.json"])["error"]["code"] == "link_loop", (tool, arguments)
    listed = (await session.files("list"))["entries"]
    assert [one["path"] for one in listed if one["type"] == "link"] == ["a", "b"]


async def test_files_lie_as_deep_as_a_workspace_carries_them(session: Session) -> None:
    deep = "/".join(["d"] * 20) + "/file"
    await session.files("write", path=deep, text="deep")
    assert deep in [one["path"] for one in (await session.files("list"))["entries"]]
    assert (await session.files("read", path=deep))["text"] == "deep"


async def test_objects_may_be_named_by_the_longer_hash(session: Session) -> None:
    remote = session.remote
    long, work = remote.folder / "long.git", remote.folder / "long"
    remote.git("init", "-q", "--bare", "--object-format=sha256", "--initial-branch=main", str(long), at=remote.folder)
    remote.git("init", "-q", "--object-format=sha256", "--initial-branch=main", str(work), at=remote.folder)
    (work / "file").write_text("1\n")
    remote.git("add", "-A", at=work)
    remote.git("commit", "-qm", "x", at=work)
    remote.git("push", "-q", str(long), "main", at=work)
    cloned = await session.git("clone", url=remote.url.replace("project", "long"))
    assert cloned["commit"] == remote.git("rev-parse", "main", at=long).strip()
    await session.files("write", path="repository/file", text="2\n")
    assert [one["path"] for one in (await session.git("diff"))["changed"]] == ["file"]
    assert (await session.git("commit", message="y", author=AUTHOR))["changed"] == 1
    assert (await session.git("push"))["pushed"] == "main"
    assert remote.git("show", "main:file", at=long) == "2\n"


async def test_a_clone_that_hangs_says_so_and_leaves_no_folder(session: Session) -> None:
    session.remote.hangs = True
    workspace = a_workspace()
    asked = {"action": "clone", "url": session.remote.url}
    ran = await run_tool("git", asked, workspace=workspace, private=(session.remote.place,), wall_seconds=4)
    assert (ran.outcome.stop, ran.survivors) == (None, [])
    assert json.loads(ran.files["result.json"])["error"]["code"] == "timed_out"
    session.archive = workspace.kept
    assert {one["path"] for one in (await session.files("list"))["entries"]} == {"in", "out"}


async def test_an_agents_clone_that_hangs_ends_as_an_agent_without_time(session: Session) -> None:
    session.remote.hangs = True
    asked = {"agent": "claude_code", "model": "default", "instructions": "x", "url": session.remote.url}
    ran = await run_tool("code_agent", asked, private=(session.remote.place,), wall_seconds=5)
    result = json.loads(ran.files["result.json"])
    assert (ran.outcome.stop, result["error"]["code"]) == (None, "out_of_time")
    assert (result["agent"], result["model"], result["folder"]) == ("claude_code", "default", "repository")


async def test_nothing_is_written_where_the_tool_writes_its_result(session: Session) -> None:
    await session.ran(
        "code.python", code="import os; os.symlink('out', 'link'); os.symlink('out/result.json', 'direct')"
    )
    for path in ("link/result.json", "direct"):
        assert (await session.files("write", path=path, text="x"))["error"]["code"] == "name_taken", path
    patch = "--- /dev/null\n+++ b/out/result.json\n@@ -0,0 +1 @@\n+x\n"
    assert (await session.files("patch", patch=patch))["error"]["code"] == "name_taken"
    other = patch.replace("result.json", "other.json")
    ran = await session.ran("files", action="patch", patch=other)
    assert (json.loads(ran.files["result.json"])["changed"], ran.files["other.json"]) == (["out/other.json"], b"x\n")


async def test_a_glob_fits_what_it_fits_in_a_shell(session: Session) -> None:
    code = (
        "import os; os.makedirs('a/b'); [open(p, 'w').write('x') for p in ('t.py', 'a/m.py', 'a/b/l.py', 'a/b/l.js')]"
    )
    await session.ran("code.python", code=code)
    for glob, found in {
        "**/*.py": ["t.py", "a/m.py", "a/b/l.py"],
        "a/*.py": ["a/m.py"],
        "*.{py,js}": ["t.py", "a/m.py", "a/b/l.js", "a/b/l.py"],
    }.items():
        listed = [one["path"] for one in (await session.files("list", glob=glob))["entries"]]
        matched = [one["path"] for one in (await session.files("search", glob=glob, pattern="x"))["matches"]]
        assert sorted(set(listed) - {"main.py"}) == sorted(set(matched) - {"main.py"}) == sorted(found), glob
