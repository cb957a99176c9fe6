"""Should the first process of the sandbox itself be taken over, the runner still believes nothing."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from fixtures.sandboxing.sandboxes import UID_LOCKS, sandbox_root
from foundation.contracts.tool_job import JobLimits, JobReason
from foundation.domain.errors import SandboxUnavailable
from foundation.domain.tools import SandboxProfile
from tool_runtime.runner.artifacts.shelf import Shelf
from tool_runtime.sandbox import assets, frames
from tool_runtime.sandbox.assets import SandboxAssets
from tool_runtime.sandbox.box import Box, BoxJob, Stop
from tool_runtime.sandbox.profiles import PROFILES
from tool_runtime.sandbox.uids import take_uid
from tool_runtime.sandbox.walls.bwrap import start

EXITED = frames.encode_report(dict.fromkeys(frames.REPORT, 0))
GIVEN_UP = [
    ("says too much", b"\xff\xff\xff\xffO"),
    ("speaks out of turn", frames.encode_piece(b"O", frames.Piece(b"a", last=True, data=b"x"))),
    ("reports too little", frames.encode(b"X", b"{")),
    ("reports too much", frames.encode(b"X", bytes(48))),
    ("ends twice", EXITED * 2),
    ("tells of no list", EXITED + frames.encode(b"E", b"{}")),
    ("tells what is no JSON", EXITED + frames.encode(b"E", b"[")),
    ("climbs", EXITED + frames.encode_piece(b"O", frames.Piece(b"../../x", last=True, data=b"x"))),
    ("sends more than allowed", EXITED + b"".join(
        frames.encode_piece(b"O", frames.Piece(b"a", last=False, data=bytes(frames.CHUNK))) for _ in range(9)
    )),
    ("goes silent", b""),
]  # fmt: skip

LISTENS = (
    "l = socket.socket(); l.bind(('127.0.0.1', 3128)); l.listen(); socket.send_fds(s, [b'\\0\\0\\0\\1R'], [l.fileno()])"
)
NO_BEGINNING = [
    ("no socket", "s.sendall(b'\\0\\0\\0\\1R')"),
    ("a socket of another place", LISTENS.replace("3128", "3129")),
    ("no socket at all", "socket.send_fds(s, [b'\\0\\0\\0\\1R'], [0])"),
    ("one that nobody can connect to", LISTENS.replace("l.listen();", "")),
    ("another frame", LISTENS.replace("1R", "1S")),
    ("nothing", "raise SystemExit"),
]


@pytest.fixture(scope="module")
def forged() -> Iterator[SandboxAssets]:
    """The real assets, but a first process that sends what `forgery` holds."""
    real = assets.install(sandbox_root())
    folder = sandbox_root() / f"forged-{os.getpid()}"  # where the job's uid can reach it
    (folder / "etc").mkdir(parents=True, exist_ok=True)
    for name in assets.ETC:
        (folder / "etc" / name).write_bytes((real.runtime / "etc" / name).read_bytes())
    package = folder / "init" / "tool_runtime" / "sandbox" / "inside"
    package.mkdir(parents=True, exist_ok=True)
    for place in (package.parent.parent, package.parent, package):
        (place / "__init__.py").write_text("")
    (package / "init.py").write_text(
        "import socket\n"
        "def main(fd):\n"
        "    s = socket.socket(fileno=fd); said = b''\n"
        "    exec(open('/run/sbx/beginning').read())\n"
        "    while b'\\0\\0\\0\\1G' not in said: said += s.recv(65536)\n"
        "    s.sendall(bytes.fromhex(open('/run/sbx/forgery').read()))\n"
        "    exec(open('/run/sbx/afterwards').read())\n"
    )
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    begins_with(folder, LISTENS)
    ends_with(folder, "")
    yield replace(real, runtime=folder)
    shutil.rmtree(folder)


def begins_with(folder: Path, code: str) -> None:
    """The first process runs this before it awaits its job; `s` is the control channel."""
    _write(folder, "beginning", code)


def ends_with(folder: Path, code: str) -> None:
    """It runs this when it has said what it says."""
    _write(folder, "afterwards", code)


def _write(folder: Path, name: str, text: str) -> None:
    file = folder / "init" / name
    file.write_text(text)
    file.chmod(0o644)


@pytest.mark.parametrize("beginning", [row[1] for row in NO_BEGINNING], ids=[row[0] for row in NO_BEGINNING])
async def test_a_first_process_that_hands_out_no_socket_for_the_proxy_is_no_sandbox(
    forged: SandboxAssets, beginning: str
) -> None:
    begins_with(forged.runtime, beginning)
    uid = take_uid(UID_LOCKS)
    try:
        with pytest.raises(SandboxUnavailable):
            await start(forged, PROFILES[SandboxProfile.PYTHON], uid=uid.uid)
    finally:
        uid.release()
        begins_with(forged.runtime, LISTENS)


@pytest.mark.parametrize("said", [row[1] for row in GIVEN_UP], ids=[row[0] for row in GIVEN_UP])
async def test_a_forged_channel_ends_the_job_and_gives_nothing(forged: SandboxAssets, said: bytes) -> None:
    stop = await stop_of_one_that_says(forged, said)
    assert stop.reason is JobReason.PROTOCOL


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import os, time; os.fork(); time.sleep(600)", JobReason.PROTOCOL),
        ("import time; held = bytearray(b'x') * (400 << 20); time.sleep(600)", JobReason.MEMORY),
    ],
    ids=["forks", "takes memory"],
)
async def test_after_its_end_a_job_has_no_more_than_it_had(forged: SandboxAssets, code: str, reason: JobReason) -> None:
    ends_with(forged.runtime, code)
    try:
        stop = await stop_of_one_that_says(forged, EXITED, memory_mb=128)
    finally:
        ends_with(forged.runtime, "")
    assert stop.reason is reason
    assert "after the job's end" in stop.detail


async def stop_of_one_that_says(forged: SandboxAssets, said: bytes, **limits: int) -> Stop:
    _write(forged.runtime, "forgery", said.hex())
    given = JobLimits(wall_seconds=10, artifact_bytes=2 << 20, **limits)
    uid = take_uid(UID_LOCKS)
    box = Box(await start(forged, PROFILES[SandboxProfile.PYTHON], uid=uid.uid))
    outcome = await box.run(BoxJob(("/bin/true",), {}, (), given), take=Shelf(given).take)
    uid.release()
    assert outcome.stop is not None
    return outcome.stop
