"""A `.git` that is none any more, so that git would take another one, and files in it of work that has not ended."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from fixtures.sandboxing.cloned import Steps, steps_with_a_clone

AUTHOR = {"name": "Ada", "email": "ada@example.com"}
ACTIONS: dict[str, dict[str, Any]] = {
    "diff": {}, "branch": {"name": "b"}, "commit": {"message": "x", "author": AUTHOR}, "push": {},
}  # fmt: skip
ANOTHER = """
import shutil
open('README.md', 'w').write('changed\\n')
def another(place):
    for name in ('objects', 'refs', 'packed-refs', 'HEAD'):
        copied = shutil.copytree if (own / name).is_dir() else shutil.copy
        if (own / name).exists(): copied(own / name, place / name)
    (place / 'config').write_text(
        '[core]\\nrepositoryformatversion = 0\\nbare = false\\nworktree = /work/repository\\n'
        '[filter "x"]\\nclean = "touch /work/out/ran; cat"\\nsmudge = "touch /work/out/ran; cat"\\n'
        '[remote "origin"]\\nurl = URL\\npushurl = URL.other\\n')
    pathlib.Path('.gitattributes').write_text('* filter=x\\n')
def ill():
    subprocess.run(['git', 'add', '-A'], capture_output=True)
    assert os.path.exists('/work/out/ran'), 'git takes no other one, and the test would prove nothing'
"""
PLACES = {
    "beside the files": "another(pathlib.Path('.'))",
    "above": "os.mkdir('../.git'); another(pathlib.Path('../.git'))",
}
ILL = {
    "no HEAD": "(own / 'HEAD').unlink()",
    "junk as HEAD": "(own / 'HEAD').write_text('junk')",
    "a folder as HEAD": "(own / 'HEAD').unlink(); (own / 'HEAD').mkdir()",
    "no objects": "shutil.rmtree(own / 'objects')",
    "no refs": "shutil.rmtree(own / 'refs')",
    "a file as refs": "shutil.rmtree(own / 'refs'); (own / 'refs').write_text('')",
    "nothing in it": "shutil.rmtree(own); own.mkdir(); (own / 'x').write_text('')",
}


@pytest.fixture
async def steps(tmp_path: Path) -> AsyncIterator[Steps]:
    async with steps_with_a_clone(tmp_path) as made:
        yield made


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("way", ILL)
async def test_a_git_that_is_none_leads_to_no_other_repository(steps: Steps, way: str, place: str) -> None:
    asked = len(steps.remote.asked)
    await steps.job(f"{ANOTHER.replace('URL', steps.remote.url)}{PLACES[place]}\n{ILL[way]}\nill()")
    for action, arguments in ACTIONS.items():
        assert (await steps.git(action, **arguments))["error"]["code"] == "no_repository", action
    assert len(steps.remote.asked) == asked


@pytest.mark.parametrize("place", PLACES)
async def test_another_repository_beside_one_that_is_whole_changes_nothing(steps: Steps, place: str) -> None:
    await steps.job(f"{ANOTHER.replace('URL', steps.remote.url)}{PLACES[place]}")
    for action, arguments in ACTIONS.items():
        assert "error" not in await steps.git(action, **arguments), action
    assert steps.remote.git("show", "b:README.md") == "changed\n"


@pytest.mark.parametrize("head", ["link", "refs/heads/a..b", "refs/stash"])
async def test_a_head_that_is_no_branch_is_none(steps: Steps, head: str) -> None:
    made = "(own / 'HEAD').rename(own / 'x'); os.symlink('x', own / 'HEAD')"
    await steps.job(made if head == "link" else f"(own / 'HEAD').write_text('ref: {head}\\n')")
    error = (await steps.git("diff"))["error"]
    assert error["code"] == "no_repository"
    assert ".git/HEAD" in error["detail"]


async def test_a_head_that_is_a_commit_is_one(steps: Steps) -> None:
    await steps.job("git('switch', '-q', '--detach')")
    told = await steps.git("diff")
    assert (told["branch"], told["changed"]) == (None, [])


STASH = """
open('src/app.py', 'w').write('steal()\\n'); open('bad.py', 'w').write('steal()\\n'); git('add', '-A')
made = git('stash', 'create').strip(); git('reset', '-q', '--hard')
tree = git('rev-parse', made + '^{tree}').strip()
other = git('-c', 'user.name=Boss', 'commit-tree', tree, '-p', 'HEAD', '-m', 'never reviewed').strip()
head = git('rev-parse', 'HEAD').strip()
open('README.md', 'w').write('changed\\n')
def state(name, content):
    (own / name).parent.mkdir(parents=True, exist_ok=True); (own / name).write_text(content)
"""
STATE = {
    "a merge": "state('MERGE_HEAD', other + '\\n'); state('MERGE_MSG', 'theirs'); state('MERGE_MODE', '')",
    "a merge with a stash": "state('MERGE_AUTOSTASH', made + '\\n'); state('MERGE_HEAD', head + '\\n')",
    "a commit that is picked": "state('CHERRY_PICK_HEAD', other + '\\n')",
    "picks": "state('CHERRY_PICK_HEAD', other + '\\n'); state('sequencer/todo', 'pick ' + other + ' x\\n')",
    "a commit that is taken back": "state('REVERT_HEAD', other + '\\n'); state('SQUASH_MSG', 'theirs')",
    "a rebase": "state('rebase-merge/amend', head + '\\n'); state('rebase-merge/autostash', made + '\\n')\n"
    "state('rebase-merge/author-script', \"GIT_AUTHOR_NAME='Boss'\\n\")",
    "a search": "state('BISECT_LOG', 'git bisect start\\n'); state('BISECT_START', 'main\\n')",
    "parents by a graft": "state('info/grafts', head + ' ' + other + '\\n')",
}


@pytest.mark.parametrize("way", STATE)
async def test_a_commit_has_what_the_diff_has_and_no_more(steps: Steps, way: str) -> None:
    base = steps.remote.git("rev-parse", "main").strip()
    await steps.job(STASH + STATE[way])
    left = steps.archive
    changed = [{"status": "M", "path": "README.md"}]
    assert (await steps.git("diff"))["changed"] == changed
    # As the job has left it, and no action has seen it yet.
    steps.archive = left
    committed = await steps.git("commit", message="fix", author=AUTHOR)
    assert committed["changed"] == len(changed)
    assert (await steps.git("diff"))["changed"] == []
    assert "error" not in await steps.git("push")
    told = steps.remote.git("log", "--format=%P|%an|%B", "-1", "main").strip()
    assert told == f"{base}|Ada|fix"
    assert steps.remote.git("diff", "--name-only", base, "main").split() == ["README.md"]


LEFT = r"""
head = git('rev-parse', 'HEAD')
for name in ('AUTO_MERGE', 'ORIG_HEAD', 'FETCH_HEAD', 'COMMIT_EDITMSG', 'BISECT_LOG', 'config.worktree', 'commondir',
             'gitdir', 'index', 'sharedindex.1', 'hooks/x', 'info/exclude', 'modules/x/HEAD', 'worktrees/x/HEAD',
             'remotes/origin', 'branches/origin', 'rebase-apply/x', 'what-no-git-knows-yet', 'objects/x', 'refs/x',
             'objects/info/alternates', 'objects/info/commit-graph', 'objects/pack/multi-pack-index', 'objects/ab/c',
             'objects/pack/pack-1.pack', 'objects/pack/pack-' + 'a' * 40 + '.keep', 'refs/stash', 'refs/bisect/bad',
             'refs/replace/' + 'a' * 40, 'refs/rewritten/x', 'refs/heads/x.lock', 'logs/refs/stash', 'logs/x',
             'objects/ab/' + 'c' * 38 + '/x'):
    (own / name).parent.mkdir(parents=True, exist_ok=True); (own / name).write_text(head)
(own / 'HEAD.d').mkdir()
for name in ('shallow', 'objects/cd', 'refs/heads/link', 'logs/refs/remotes'):
    if (own / name).exists(): (own / name).rename('../moved-' + (own / name).name)
    os.symlink('../README.md', own / name)
packed = [head.strip() + ' ' + name + '\n' for name in
          ('refs/heads/kept', 'refs/remotes/other/kept', 'refs/stash', 'refs/replace/' + 'b' * 40, 'refs/tags/kept')]
packed = ['# pack-refs with: peeled fully-peeled \n', *packed, '^' + 'b' * 40 + '\n']
(own / 'packed-refs').write_text(''.join(packed))
"""
FOUND = """
for place in sorted(own.rglob('*')):
    if place.is_symlink() or not place.is_dir() or not any(place.iterdir()): print(place.relative_to(own))
"""
_OBJECT = re.compile(r"objects/([0-9a-f]{2}/[0-9a-f]{38}|pack/pack-[0-9a-f]{40}\.(pack|idx))")
STAYS = ("HEAD", "config", "index", "logs/HEAD", "logs/refs/heads/main", "packed-refs", "refs/heads/main", "refs/tags")
"""Beside objects, and what git has of the remote's branch."""


async def test_nothing_stays_but_commits_branches_and_tags(steps: Steps) -> None:
    await steps.job(LEFT)
    assert (await steps.git("diff"))["changed"] == []
    names = (await steps.job(FOUND)).splitlines()
    others = [name for name in names if not name.startswith(("objects/", "refs/remotes/origin", "logs/refs/remotes"))]
    assert sorted(others) == sorted(STAYS)
    objects = [name for name in names if name.startswith("objects/")]
    # One that is empty may stay.
    assert [name for name in objects if not _OBJECT.fullmatch(name)] == ["objects/ab"]
    packed = await steps.job("print((own / 'packed-refs').read_text())")
    assert [line.split()[1] for line in packed.splitlines()] == [
        "refs/heads/kept", "refs/remotes/other/kept", "refs/tags/kept",
    ]  # fmt: skip
    assert "error" not in await steps.git("diff", base="kept")


async def test_what_stays_is_what_later_actions_need(steps: Steps) -> None:
    base = steps.remote.git("rev-parse", "main").strip()
    await steps.job("git('tag', '-am', 'x', 'v1'); git('pack-refs', '--all')")
    for name in ("b", "c/d"):
        assert "error" not in await steps.git("branch", name=name)
        await steps.job(f"open('README.md', 'a').write('{name}')")
        assert "error" not in await steps.git("commit", message=name, author=AUTHOR)
    for named, changed in (("HEAD@{1}", 1), ("b", 1), ("v1", 1), ("origin/main", 1), ("HEAD~2", 1), ("HEAD", 0)):
        assert len((await steps.git("diff", base=named))["changed"]) == changed, named
    assert (await steps.git("branch", name="e", start="v1"))["commit"] == base


async def test_a_shallow_clone_stays_one(steps: Steps) -> None:
    steps.remote.commit({"more": b"1"})
    steps.archive = None
    assert "error" not in await steps.git("clone", url=steps.remote.url, depth=1)
    for action, arguments in ACTIONS.items():
        await steps.job("open('new', 'w').write('1')")
        assert "error" not in await steps.git(action, **arguments), action
    assert await steps.job("print(git('rev-list', '--count', 'HEAD'))") == "2"


async def test_folders_as_deep_as_they_may_be_are_taken_away(steps: Steps) -> None:
    await steps.job("path = own / '/'.join('a' * 1100); os.makedirs(own / 'a'); subprocess.run(['mkdir', '-p', path])")
    told = await steps.git("diff")
    assert "error" not in told, told
    assert await steps.job("print((own / 'a').exists())") == "False"


NAME = 'q"\\u\u00e9;#'
SETTINGS = r"""
with open('.git/config', 'a') as file:
    for n in range(NUMBER): file.write(f'[branch "b{n}"]\nremote = origin\nmerge = refs/heads/b\n')
"""


async def test_thousands_of_settings_take_no_time_and_stay_as_they_are(steps: Steps) -> None:
    odd = f"'branch.' + {NAME!r} + '.merge'"
    await steps.job(f"{SETTINGS.replace('NUMBER', '15_000')}git('config', {odd}, 'refs/heads/' + {NAME!r})")
    assert "error" not in await steps.git("diff")
    assert await steps.job(f"print(git('config', {odd}))") == f"refs/heads/{NAME}"
    assert await steps.job("print(git('config', 'branch.b14999.merge'))") == "refs/heads/b"
    await steps.job(SETTINGS.replace("NUMBER", "30_000"))
    error = (await steps.git("diff"))["error"]
    assert error["code"] == "bad_repository"
    assert "more than 1 MiB" in error["detail"]


@pytest.mark.parametrize("within", ["", "/x"])
async def test_no_clone_goes_into_a_git_behind_a_link(steps: Steps, within: str) -> None:
    await steps.job("os.symlink('repository/.git', '../to')")
    assert (await steps.git("clone", url=steps.remote.url, folder=f"to{within}"))["error"]["code"] == "outside"
