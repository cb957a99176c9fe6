"""Attempts to carry something out through the output folder."""

import json

import pytest

from fixtures.sandboxing.sandboxes import a_workspace, run_python, run_tool

UNFIT = "the name has control characters, a backslash, or marks that turn text around, or is of blanks alone"
TOO_LARGE = "{} bytes, more than what is left of 2097152 for all files"
SKIPPED = [
    ("symbolic link to a file", "os.symlink('/etc/passwd', 'out/a')", "symbolic link"),
    ("symbolic link to a folder", "os.symlink('/etc', 'out/a')", "symbolic link"),
    ("symbolic link to the first process", "os.symlink('/proc/1/environ', 'out/a')", "symbolic link"),
    ("pipe", "os.mkfifo('out/a')", "not a plain file"),
    (
        "socket",
        "import socket; socket.socket(socket.AF_UNIX).bind('out/a')",
        "cannot be opened: No such device or address",
    ),
    ("hard link", "open('b', 'w').close(); os.link('b', 'out/a')", "has more than one link"),
    ("sparse file", "open('out/a', 'wb').truncate(100 << 20)", TOO_LARGE.format(100 << 20)),
    ("over the limit", "open('out/a', 'wb').write(bytes(3 << 20))", TOO_LARGE.format(3 << 20)),
    ("direction override", "open('out/\\u202egpj.exe', 'w').close()", UNFIT),
    ("no text at all", "open(b'out/\\xff\\xfe', 'w').close()", "the name is not UTF-8"),
    ("new line", "open('out/a\\nb', 'w').close()", UNFIT),
    ("separator of other systems", "open('out/..\\\\evil', 'w').close()", UNFIT),
    (
        "too deep",
        "os.makedirs('out' + '/1' * 17); open('out' + '/1' * 18, 'w').close()",
        "in too many folders; 1 file with it",
    ),
    ("folder replaced by a link", "os.rmdir('out'); os.symlink('/etc', 'out')", "cannot be opened: Not a directory"),
    ("folder replaced by a file", "os.rmdir('out'); open('out', 'w').close()", "cannot be opened: Not a directory"),
    ("folder gone", "os.rmdir('out')", "cannot be opened: No such file or directory"),
]


@pytest.mark.parametrize(("code", "reason"), [row[1:] for row in SKIPPED], ids=[row[0] for row in SKIPPED])
async def test_what_is_not_a_plain_file_stays_inside_with_its_reason(code: str, reason: str) -> None:
    ran = await run_python(f"import os\n{code}", artifact_bytes=2 << 20)
    assert ran.stderr == ""
    assert ran.files == {}
    assert [why for _, why in ran.outcome.skipped] == [reason]
    assert ran.survivors == []


async def test_only_as_many_files_as_allowed_come_out() -> None:
    ran = await run_python("for n in range(30): open(f'out/{n:02}', 'w').write('x')", artifact_count=10)
    assert sorted(ran.files) == [f"{n:02}" for n in range(10)]
    assert len(ran.outcome.skipped) == 20


async def test_a_hundred_thousand_refusals_are_told_briefly() -> None:
    ran = await run_python("for n in range(20000): open(f'out/{n}\\n', 'w').close()")
    assert ran.files == {}
    assert len(ran.outcome.skipped) == 201
    assert ran.outcome.skipped[-1] == ("…", "and 19800 more files")


async def test_a_background_process_cannot_change_a_file_while_it_is_read() -> None:
    code = """
import os, time
open("out/data", "wb").write(b"a" * (50 << 20))
if not os.fork():
    while os.getppid() != 1: time.sleep(0.005)
    time.sleep(0.01)
    os.truncate("out/data", 0)
    time.sleep(60)
"""
    ran = await run_python(code)
    assert ran.files["data"] == b"a" * (50 << 20)
    assert ran.survivors == []


async def test_what_the_job_prints_is_only_text() -> None:
    ran = await run_python("import os; os.write(1, b'a\\0b\\xff\\xed\\xa0\\x80')")
    json.dumps(ran.stdout, ensure_ascii=False).encode("utf-8")
    assert "\0" not in ran.stdout
    assert ran.stdout.startswith("a\ufffdb\ufffd")


CLOSED = """
import os
def put(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True); open(path, 'w').write(text)
put('out/a/file', '1'); put('out/b/c/file', '2'); put('out/closed', '3'); put('kept/d/file', '4')
os.chmod('out/closed', 0); os.chmod('out/b/c', 0o400); os.chmod('out/b', 0o100); os.chmod('out/a', 0)
os.chmod('kept/d', 0o600); os.chmod('kept', 0); os.chmod('out', {mode})
"""


@pytest.mark.parametrize("mode", ["0", "0o100", "0o400", "0o300", "0o700"])
async def test_what_a_job_has_closed_to_itself_is_collected_all_the_same(mode: str) -> None:
    workspace = a_workspace()
    ran = await run_tool("code.python", {"code": CLOSED.replace("{mode}", mode)}, workspace=workspace)
    assert (ran.stderr, ran.outcome.skipped) == ("", [])
    assert ran.files == {"a/file": b"1", "b/c/file": b"2", "closed": b"3"}
    read = "import os; os.chmod('kept', 0o700); os.chmod('kept/d', 0o700); print(open('kept/d/file').read())"
    again = await run_tool("code.python", {"code": read}, workspace=a_workspace(workspace.kept))
    assert again.stdout == "4\n"


async def test_absolute_links_within_the_workspace_are_carried_and_no_others() -> None:
    links = {"in_it": "/work/a", "all": "/work", "out_of_it": "/workshop", "up": "/work/../etc", "etc": "/etc"}
    workspace = a_workspace()
    code = f"import os; open('a', 'w').write('1'); [os.symlink(to, name) for name, to in {links}.items()]"
    ran = await run_tool("code.python", {"code": code}, workspace=workspace)
    assert sorted(name for name, _ in ran.outcome.skipped) == ["etc", "out_of_it", "up"]
    read = "import os; print(open('in_it').read(), open('all/a').read(), sorted(os.listdir('.')))"
    again = await run_tool("code.python", {"code": read}, workspace=a_workspace(workspace.kept))
    assert again.stdout.startswith("1 1 ['a', 'all', 'in', 'in_it', 'main.py'"), again
