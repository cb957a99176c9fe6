"""Repositories that hide changes from who reviews them, lead a push elsewhere, or lock the next action out."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from fixtures.sandboxing.cloned import Steps, steps_with_a_clone

AUTHOR = {"name": "Ada", "email": "ada@example.com"}
CHANGES = "open('seen', 'w').write('1'); open('new', 'w').write('1'); open('README.md', 'w').write('changed\\n')\n"
CHANGED = [("M", "README.md"), ("A", "new"), ("A", "seen")]


@pytest.fixture
async def steps(tmp_path: Path) -> AsyncIterator[Steps]:
    async with steps_with_a_clone(tmp_path) as made:
        yield made


@pytest.mark.parametrize("packed", ["", "git('pack-refs', '--all')"], ids=["a file each", "packed"])
async def test_no_object_stands_in_for_another_one(steps: Steps, packed: str) -> None:
    base = steps.remote.git("rev-parse", "main").strip()
    told = await steps.job(
        f"{CHANGES}git('add', '-A'); git('commit', '-qm', 'x'); git('replace', '{base}', 'HEAD'); {packed}\n"
        f"print(git('diff', '--stat', '{base}'))"
    )
    assert told == "", "or the test would prove nothing"
    assert [(one["status"], one["path"]) for one in (await steps.git("diff", base=base))["changed"]] == CHANGED


HIDDEN = {
    "an exclude of the repository's": "(own / 'info').mkdir(exist_ok=True); (own / 'info/exclude').write_text('new')\n",
    "a file assumed to be unchanged": "git('update-index', '--assume-unchanged', 'README.md')\n",
    "a file to be left alone": "git('update-index', '--skip-worktree', 'README.md')\n",
    "an index that is split": "git('update-index', '--split-index', '--skip-worktree', 'README.md')\n",
    "a sparse folder": "git('sparse-checkout', 'set', 'src')\n",
    "a setting of excludes": "open('.git/x', 'w').write('new'); git('config', 'core.excludesFile', '.git/x')\n",
    "modes and cases that are not looked at": (
        "git('config', 'core.ignoreCase', 'true'); git('config', 'core.fileMode', 'false')\n"
        "git('config', 'core.symlinks', 'false')\n"
    ),
    "a file that a monitor has seen": "git('update-index', '--fsmonitor-valid', 'README.md')\n",
}


@pytest.mark.parametrize("way", HIDDEN)
async def test_no_change_is_hidden_from_a_diff_or_a_commit(steps: Steps, way: str) -> None:
    await steps.job(HIDDEN[way] + CHANGES)
    told = (await steps.git("diff"))["changed"]
    assert [(one["status"], one["path"]) for one in told] == CHANGED
    await steps.job(HIDDEN[way] if "sparse" not in way else "")
    assert (await steps.git("commit", message="x", author=AUTHOR))["changed"] == len(CHANGED)
    assert "error" not in await steps.git("push")
    assert steps.remote.git("show", "main:README.md") == "changed\n"
    assert steps.remote.git("ls-tree", "-r", "--name-only", "main").split() == [
        "README.md", "new", "seen", "src/app.py",
    ]  # fmt: skip


async def test_what_changes_a_mode_alone_or_a_names_case_is_a_change(steps: Steps) -> None:
    hidden = HIDDEN["modes and cases that are not looked at"]
    await steps.job(f"{hidden}os.chmod('README.md', 0o755); open('readme.md', 'w').write('x')")
    told = (await steps.git("diff"))["changed"]
    assert [(one["status"], one["path"]) for one in told] == [("M", "README.md"), ("A", "readme.md")]


async def test_what_gitignore_names_is_left_out_and_nothing_that_is_tracked(steps: Steps) -> None:
    await steps.job(f"{CHANGES}open('.gitignore', 'w').write('new\\nREADME.md\\n'); git('add', '-f', 'new')")
    told = (await steps.git("diff"))["changed"]
    assert [one["path"] for one in told] == [".gitignore", "README.md", "seen"]


LOCKS = ("index.lock", "config.lock", "HEAD.lock", "packed-refs.lock", "refs/heads/main.lock", "refs/heads/b.lock")


@pytest.mark.parametrize("make", ["write_text('')", "mkdir()"], ids=["files", "folders"])
async def test_locks_that_were_left_lock_nobody_out_and_cost_no_settings(steps: Steps, make: str) -> None:
    actions: dict[str, dict[str, Any]] = {
        "diff": {}, "branch": {"name": "b"}, "commit": {"message": "x", "author": AUTHOR}, "push": {},
    }  # fmt: skip
    for action, arguments in actions.items():
        await steps.job(f"{CHANGES}[(own / name).{make} for name in {LOCKS}]")
        assert "error" not in await steps.git(action, **arguments)
    assert steps.remote.git("show", "b:new") == "1"


async def test_settings_that_cannot_be_read_are_told_and_stay(steps: Steps) -> None:
    await steps.job("open('.git/config', 'a').write('[nonsense\\n')")
    for _ in range(2):
        error = (await steps.git("diff"))["error"]
        assert error["code"] == "bad_repository"
        assert ".git/config" in error["detail"]
    assert steps.remote.url in await steps.job("print(open('.git/config').read())")


async def test_a_push_says_where_it_went_and_goes_nowhere_else_than_told(steps: Steps) -> None:
    url = steps.remote.url
    assert (await steps.git("push", to=url))["to"] == url
    elsewhere = url.replace("project", "other")
    await steps.job(f"git('config', 'remote.origin.url', '{elsewhere}')")
    asked = len(steps.remote.asked)
    error = (await steps.git("push", to=url))["error"]
    assert error["code"] == "bad_origin"
    assert elsewhere in error["detail"]
    assert len(steps.remote.asked) == asked


UNSET = "git('config', '--unset', 'remote.origin.url'); os.mkdir('.git/{0}'); open('.git/{0}/origin', 'w').write('{1}')"


@pytest.mark.parametrize(
    "code",
    [
        "git('config', 'remote.origin.url', '{url}'.replace('://', '://user:secret@'))",
        "git('config', '--add', 'remote.origin.url', '{url}')",
        UNSET.format("branches", "{url}"),
        UNSET.format("remotes", "URL: {url}"),
    ],
    ids=["with a password", "two", "a file of branches", "a file of remotes"],
)
async def test_an_origin_that_is_none_is_pushed_to_by_nobody(steps: Steps, code: str) -> None:
    await steps.job(code.replace("{url}", steps.remote.url))
    asked = len(steps.remote.asked)
    error = (await steps.git("push"))["error"]
    assert error["code"] == "bad_origin"
    assert "secret" not in error["detail"]
    assert len(steps.remote.asked) == asked


INNER = "os.mkdir('x'); open('x/f', 'w').write('1'); git('-C', 'x', 'init', '-q')\n"
COMMITTED = INNER + "git('-C', 'x', 'add', '-A'); git('-C', 'x', 'commit', '-qm', 'x')\n"
MODULES = "open('.gitmodules', 'w').write('[submodule \"x\"]\\npath = x\\nurl = y\\n{}\\n')\n"


async def test_a_folder_that_becomes_a_repository_of_its_own_is_a_change(steps: Steps) -> None:
    await steps.job(COMMITTED + MODULES.format("ignore = all"))
    told = await steps.git("diff")
    assert [(one["status"], one["path"]) for one in told["changed"]] == [("A", ".gitmodules"), ("A", "x")]
    assert "+Subproject commit" in told["diff"]
    assert (await steps.git("commit", message="x", author=AUTHOR))["changed"] == len(told["changed"])
    await steps.job("git('-C', 'x', 'commit', '-q', '--allow-empty', '-m', 'y')")
    assert [one["path"] for one in (await steps.git("diff"))["changed"]] == ["x"]
    assert (await steps.git("commit", message="y", author=AUTHOR))["changed"] == 1


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("os.mkdir('.git '); open('.git /x', 'w').write('x')", "could be taken for `.git`"),
        (INNER, "a repository of its own without a commit"),
    ],
    ids=["a path like .git", "a repository within"],
)
async def test_what_git_refuses_in_a_repository_is_told_with_its_remedy(steps: Steps, code: str, words: str) -> None:
    await steps.job(code)
    await steps.git("commit", message="x", author=AUTHOR)
    for more in ({"action": "diff"}, {"action": "commit", "message": "x", "author": AUTHOR}):
        error = (await steps.git(**more))["error"]
        assert error["code"] == "bad_repository"
        assert words in error["detail"]


async def test_modules_that_name_a_command_hinder_no_action(steps: Steps) -> None:
    await steps.job(COMMITTED + MODULES.format("update = !touch /work/out/ran"))
    assert len((await steps.git("diff"))["changed"]) == len((".gitmodules", "x"))
    for more in ({"action": "commit", "message": "x", "author": AUTHOR}, {"action": "branch", "name": "b"}):
        assert "error" not in await steps.git(**more)
    assert "error" not in await steps.git("push")
    assert "error" not in await steps.git("branch", name="c", start="HEAD~1")
    assert (await steps.git("branch", name="b"))["branch"] == "b"


TRAP = """
pathlib.Path('.gitmodules').write_text('[submodule "x"]\\npath = x\\nurl = y\\nignore = none\\n')
pathlib.Path('/work/trap').write_text("#!/bin/sh\\ntouch /work/out/ran\\n"); os.chmod('/work/trap', 0o755)
open('x/f', 'w').write('2')
git('-C', 'x', 'config', 'core.fsmonitor', '/work/trap')
"""


async def test_what_a_repository_within_names_is_run_by_no_action(steps: Steps) -> None:
    await steps.job(COMMITTED + TRAP)
    for more in (
        {"action": "diff"},
        {"action": "commit", "message": "x", "author": AUTHOR},
        {"action": "diff", "base": "HEAD~1"},
        {"action": "branch", "name": "b"},
        {"action": "push"},
    ):
        assert "error" not in await steps.git(**more)
    await steps.job("print(git('-C', 'x', 'status', '--short')); assert os.path.exists('/work/out/ran'), 'no trap'")


async def test_a_repository_that_says_it_has_no_folder_has_one(steps: Steps) -> None:
    await steps.job(f"{CHANGES}git('config', 'core.bare', 'true')")
    assert len((await steps.git("diff"))["changed"]) == len(CHANGED)
