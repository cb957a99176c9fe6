"""The uid of a job is nobody else's: not another runner's, and not that of a process which its runner left behind."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tool_runtime.sandbox.uids import NoFreeUidError, take_uid

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root chooses a uid")


OWN = range(65401, 65403)
"""Two uids that no runner of this machine takes."""


@contextmanager
def a_process_of(uid: int, program: str = "/bin/cat") -> Iterator["subprocess.Popen[bytes]"]:
    with subprocess.Popen([program], user=uid, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd="/") as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"here\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"here\n"
        yield process
        process.kill()


def test_what_a_runner_holds_is_passed_over_and_comes_back(tmp_path: Path) -> None:
    first, second = take_uid(tmp_path, pool=OWN), take_uid(tmp_path, pool=OWN)
    assert [first.uid, second.uid] == [65401, 65402]
    with pytest.raises(NoFreeUidError, match="all 2 uids from 65401 are in use"):
        take_uid(tmp_path, pool=OWN)
    first.release()
    assert take_uid(tmp_path, pool=OWN).uid == 65401
    second.release()


def test_a_uid_that_a_process_still_has_is_passed_over_although_its_runner_is_gone(tmp_path: Path) -> None:
    with a_process_of(65401):
        taken = take_uid(tmp_path, pool=OWN)
        assert taken.uid == 65402
        taken.release()
        with a_process_of(65402), pytest.raises(NoFreeUidError):
            take_uid(tmp_path, pool=OWN)
    again = take_uid(tmp_path, pool=OWN)
    assert again.uid == 65401
    again.release()


def test_a_bubblewrap_that_was_left_before_its_walls_stood_is_ended_and_nothing_else_is(tmp_path: Path) -> None:
    with (
        tempfile.TemporaryDirectory() as open_to_all,
        a_process_of(65401) as program,
        a_process_of(65402, _named_bwrap(Path(open_to_all))) as left,
    ):
        with pytest.raises(NoFreeUidError):
            take_uid(tmp_path, pool=OWN)
        assert left.wait(timeout=60) == -signal.SIGKILL
        assert program.poll() is None
        again = take_uid(tmp_path, pool=OWN)
        assert again.uid == 65402
        again.release()


def _named_bwrap(folder: Path) -> str:
    """A program that the kernel knows by bubblewrap's name."""
    folder.chmod(0o755)
    return str(shutil.copy("/bin/cat", folder / "bwrap"))
