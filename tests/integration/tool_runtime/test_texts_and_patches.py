"""What `files` and `git` tell is what lies there, in part where it is long: in real sandboxes."""

import json
from pathlib import Path
from typing import Any

import pytest

from fixtures.sandboxing.git_remote import a_git_remote
from fixtures.sandboxing.sandboxes import Ran, a_workspace, run_tool
from foundation.contracts.tools.files import FilesResult
from tool_runtime.runner.result_document import read_result

WHO = {"name": "Ada", "email": "ada@example.com"}


def told(ran: Ran) -> dict[str, Any]:
    document, trouble = read_result(ran.files, ())
    assert (trouble, ran.outcome.stop) == (None, None), ran.stderr
    result: dict[str, Any] = document
    return result


async def files(content: dict[str, bytes], **arguments: Any) -> dict[str, Any]:
    result = told(await run_tool("files", arguments, files=content))
    FilesResult.model_validate(result)
    return result


@pytest.mark.parametrize("letter", ["漢", "Ж", "\x01", "\U0001f600"])
async def test_a_text_in_any_letters_is_read_in_part_and_said_so(letter: str) -> None:
    lines = [letter * 50 + "\n"] * 2400
    result = await files({"a": "".join(lines).encode()}, action="read", path="in/a")
    shown = result["to_line"]
    assert (result["truncated"], result["lines"]) == (True, 2400)
    assert result["text"] == "".join(lines[:shown])
    assert shown > 300
    rest = await files({"a": "".join(lines).encode()}, action="read", path="in/a", from_line=2399)
    assert (rest["truncated"], rest["text"]) == (False, "".join(lines[-2:]))


async def test_one_line_that_is_too_long_is_told_in_part() -> None:
    result = await files({"a": ("漢" * 90_000).encode()}, action="read", path="in/a")
    assert (result["truncated"], result["to_line"], result["lines"]) == (True, 1, 1)
    assert 60_000 < len(result["text"]) < 90_000


async def test_lines_are_as_they_stand_and_end_where_git_ends_them() -> None:
    text = "a\r\nb\u2028c\x0cd\x85e\r\nf"
    result = await files({"a": text.encode()}, action="read", path="in/a")
    assert (result["text"], result["lines"]) == (text, 3)
    found = await files({"a": text.encode()}, action="search", pattern="e$", regex=True)
    assert found["matches"] == [{"path": "in/a", "line": 2, "text": "b\u2028c\x0cd\x85e"}]


async def test_what_has_u0000_in_it_is_no_text() -> None:
    assert (await files({"a": b"a\0b"}, action="read", path="in/a"))["error"]["code"] == "no_text"


async def test_matches_and_paths_are_told_as_many_as_fit() -> None:
    found = await files({"a": ("漢" * 400 + "\n").encode() * 300}, action="search", pattern="漢")
    assert found["truncated"]
    assert 100 < len(found["matches"]) < 200
    code = (
        "import os\n"
        "for number in range(900):\n"
        "    folder = 'd/' + '/'.join(['漢' * 80] * 3)\n"
        "    os.makedirs(folder, exist_ok=True)\n"
        "    open(f'{folder}/{number}', 'w').close()\n"
    )
    workspace = a_workspace()
    await run_tool("code.python", {"code": code}, workspace=workspace)
    listed = told(await run_tool("files", {"action": "list", "path": "d"}, workspace=a_workspace(workspace.kept)))
    assert listed["truncated"]
    assert 200 < len(listed["entries"]) < 903


async def test_a_commit_says_what_it_was_told_to_say_and_a_diff_is_all_of_it(tmp_path: Path) -> None:
    async with a_git_remote(tmp_path) as remote:
        base = remote.commit({"latin": b"caf\xe9\n", "picture": bytes(range(256)), "crlf": b"a\r\nb\r\n"})
        kept: bytes | None = None

        async def ran(tool: str, **arguments: Any) -> Ran:
            nonlocal kept
            workspace = a_workspace(kept)
            done = await run_tool(tool, arguments, workspace=workspace, private=(remote.place,))
            kept = workspace.kept
            return done

        assert "error" not in told(await ran("git", action="clone", url=remote.url))
        code = (
            "import pathlib; at = pathlib.Path('repository')\n"
            "(at / 'latin').write_bytes(b'caf\\xe9 au lait\\n')\n"
            "(at / 'picture').write_bytes(bytes(reversed(range(256))))\n"
            "(at / 'crlf').write_bytes(b'a\\r\\nc\\r\\n')\n"
            "(at / 'new').write_bytes(b'\\0\\xff')\n"
            "(at / 'zebra').write_text('漢' * 60 + '\\n' + ('漢' * 40 + '\\n') * 2500)\n"
        )
        await ran("code.python", code=code)
        diff = await ran("git", action="diff")
        result = told(diff)
        assert (result["truncated"], result["branch"], len(result["changed"])) == (True, "main", 5)
        assert "Binary files" in result["diff"]
        message = "#42 mend the thing\n\n# heading\nbody"
        commit = told(await ran("git", action="commit", message=message, author=WHO))
        await ran("git", action="push")
        assert remote.git("log", "-1", "--format=%B", "main").strip() == message
        assert remote.git("rev-parse", "main").strip() == commit["commit"]

        remote.git("worktree", "add", "-q", "--detach", str(tmp_path / "tree"), base)
        (patch := tmp_path / "patch").write_bytes(diff.files["diff.patch"])
        remote.git("apply", "--index", str(patch), at=tmp_path / "tree")
        written = remote.git("write-tree", at=tmp_path / "tree").strip()
        assert written == remote.git("rev-parse", "main^{tree}").strip(), "the patch makes the very same files"
        assert json.loads(diff.files["result.json"])["folder"] == "repository"
