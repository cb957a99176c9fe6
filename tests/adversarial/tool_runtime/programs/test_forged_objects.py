"""Repositories in which a job has put another content under the id of an object."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fixtures.sandboxing.cloned import Steps, steps_with_a_clone

AUTHOR = {"name": "Ada", "email": "ada@example.com"}
CHANGES = "open('seen', 'w').write('1'); open('new', 'w').write('1'); open('README.md', 'w').write('changed\\n')\n"
CHANGED = [("M", "README.md"), ("A", "new"), ("A", "seen")]
FORGE = """
import hashlib, zlib
def loose():
    for pack in list(own.glob('objects/pack/*.pack')):
        moved = pathlib.Path('/work/moved.pack'); pack.rename(moved)
        for beside in own.glob('objects/pack/*'): beside.unlink()
        subprocess.run(['git', 'unpack-objects', '-q'], stdin=moved.open('rb'), check=True); moved.unlink()
def held(name): return subprocess.run(['git', 'cat-file', git('cat-file', '-t', name).strip(), name],
                                      check=True, capture_output=True).stdout
def forge(name, kind, content):
    place = own / 'objects' / name[:2] / name[2:]
    place.parent.mkdir(exist_ok=True); place.unlink(missing_ok=True)
    place.write_bytes(zlib.compress(kind.encode() + b' ' + str(len(content)).encode() + b'\\0' + content))
def named(kind, content):
    return hashlib.sha1(kind.encode() + b' ' + str(len(content)).encode() + b'\\0' + content).hexdigest()
def of(text): return git('rev-parse', text).strip()
"""
HIDE = {
    "the content of a file": "forge(of(BASE + ':README.md'), 'blob', b'changed\\n')",
    "a folder": "forge(of(BASE + '^{tree}'), 'tree', held('HEAD^{tree}'))",
    "the commit": "forge(of(BASE), 'commit', held('HEAD'))",
    "a file that is missing": "place = of(BASE + ':README.md'); (own / 'objects' / place[:2] / place[2:]).unlink()",
}


@pytest.fixture
async def steps(tmp_path: Path) -> AsyncIterator[Steps]:
    async with steps_with_a_clone(tmp_path) as made:
        yield made


@pytest.mark.parametrize("way", HIDE)
async def test_no_content_under_the_id_of_the_base_hides_a_change(steps: Steps, way: str) -> None:
    base = steps.remote.git("rev-parse", "main").strip()
    committed = f"{CHANGES}git('add', '-A'); git('commit', '-qm', 'x')\n"
    told = await steps.job(
        f"{FORGE}BASE = '{base}'; loose()\n{committed}{HIDE[way]}\n"
        f"print(subprocess.run(['git', 'diff', '--stat', '{base}', '--', 'README.md'], text=True, capture_output=True)"
        ".stdout)"
    )
    assert told == "", "or the test would prove nothing"
    error = (await steps.git("diff", base=base))["error"]
    assert error["code"] == "bad_objects", error
    assert "clone it anew" in error["detail"]


async def test_a_forged_pack_is_read_by_no_diff(steps: Steps) -> None:
    base = steps.remote.git("rev-parse", "main").strip()
    await steps.job(
        f"{FORGE}{CHANGES}git('add', '-A'); git('commit', '-qm', 'x')\n"
        f"loose(); blob = of('{base}:README.md'); forge(blob, 'blob', b'changed\\n')\n"
        "git('repack', '-adq')\n"
        f"assert git('diff', '--stat', '{base}', '--', 'README.md') == '', 'or the test would prove nothing'"
    )
    assert (await steps.git("diff", base=base))["error"]["code"] == "bad_objects"


@pytest.mark.parametrize("packed", ["", "git('repack', '-adq'); "], ids=["a file each", "packed"])
async def test_what_is_true_is_told_as_it_is(steps: Steps, packed: str) -> None:
    base = steps.remote.git("rev-parse", "main").strip()
    await steps.job(f"{FORGE}loose(); {packed}{CHANGES}git('tag', '-am', 'x', 'v1')")
    told = await steps.git("diff", base=base)
    assert "error" not in told, told
    assert [(one["status"], one["path"]) for one in told["changed"]] == CHANGED
    assert (await steps.git("commit", message="x", author=AUTHOR))["changed"] == len(CHANGED)
    for named in ("HEAD~1", "v1", "v1^{commit}", base):
        again = await steps.git("diff", base=named)
        assert [one["path"] for one in again["changed"]] == [one["path"] for one in told["changed"]], named
    assert (await steps.git("branch", name="old", start="HEAD~1"))["commit"] == base
    assert (await steps.git("diff", base="main"))["changed"] != []
    assert (await steps.git("branch", name="main"))["commit"] != base
    assert (await steps.git("diff"))["changed"] == []
    assert "error" not in await steps.git("push")
    assert (await steps.git("diff", base="f" * 40))["error"]["code"] == "no_such_revision"


async def test_no_walk_goes_along_a_forged_commit(steps: Steps) -> None:
    """`HEAD~2` is not the last commit because the one between says so."""
    await steps.job(
        f"{FORGE}{CHANGES}git('add', '-A'); git('commit', '-qm', 'x'); git('commit', '-qm', 'y', '--allow-empty')\n"
        "middle, root, last = (of(name) for name in ('HEAD~1', 'HEAD~2', 'HEAD'))\n"
        "forge(middle, 'commit', held(middle).replace(root.encode(), last.encode()))"
    )
    assert (await steps.git("diff", base="HEAD~2"))["error"]["code"] == "bad_objects"
    assert (await steps.git("branch", name="b", start="HEAD~2"))["error"]["code"] == "bad_objects"


@pytest.mark.parametrize("kind", ["a file", "a folder"])
async def test_nothing_is_committed_whose_content_lies_there_already_as_another(steps: Steps, kind: str) -> None:
    forged = {
        "a file": "forge(named('blob', b'true\\n'), 'blob', b'false\\n')",
        "a folder": (
            "entry = b'100644 f\\0' + bytes.fromhex(named('blob', b'true\\n'))\n"
            "forge(named('tree', entry), 'tree', entry.replace(b' f', b' g'))"
        ),
    }[kind]
    await steps.job(f"{FORGE}os.mkdir('x'); open('x/f', 'w').write('true\\n')\n{forged}")
    before = (await steps.git("branch", name="main"))["commit"]
    assert (await steps.git("commit", message="x", author=AUTHOR))["error"]["code"] == "bad_objects"
    assert (await steps.git("branch", name="main"))["commit"] == before


async def test_no_branch_is_gone_to_with_a_forged_file(steps: Steps) -> None:
    await steps.job(
        f"{FORGE}loose(); git('switch', '-qc', 'b'); open('f', 'w').write('true\\n'); git('add', '-A')\n"
        "git('commit', '-qm', 'x'); git('switch', '-q', 'main'); forge(of('b:f'), 'blob', b'false\\n')"
    )
    assert (await steps.git("branch", name="b"))["error"]["code"] == "bad_objects"


async def test_a_push_of_what_is_forged_is_told_as_that(steps: Steps) -> None:
    await steps.job(
        f"{FORGE}loose(); open('f', 'w').write('true\\n'); git('add', '-A'); git('commit', '-qm', 'x')\n"
        "forge(of('HEAD:f'), 'blob', b'false\\n')"
    )
    assert (await steps.git("push"))["error"]["code"] == "bad_objects"
