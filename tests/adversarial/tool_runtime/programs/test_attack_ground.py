"""What the ground of the attacks asserts can fail: each kind of leftover is found; and its table tells of each."""

import os
import subprocess
from pathlib import Path

import pytest

from fixtures.attacking.leftovers import MIB, memory_kept, memory_of_nobody, own_uids, processes_left
from fixtures.attacking.table import lines_of
from tool_runtime.sandbox.uids import NoFreeUidError, take_uid

of_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root starts processes of another uid")


@of_root
def test_a_process_of_the_uid_is_found_until_it_is_gone(tmp_path: Path) -> None:
    with own_uids(tmp_path, 1) as uids:
        [uid] = uids
        left = subprocess.Popen(["/bin/sleep", "60"], user=uid)
        assert processes_left(uids, seconds=0.2) == [left.pid]
        left.kill()
        left.wait()
        assert processes_left(uids) == []


@of_root
def test_runners_find_one_uid_free_and_nobody_else_has_it(tmp_path: Path) -> None:
    with own_uids(tmp_path, 1) as uids:
        taken = take_uid(tmp_path)
        try:
            assert {taken.uid} == uids
            with pytest.raises(NoFreeUidError):
                take_uid(tmp_path)
        finally:
            taken.release()


def test_memory_that_no_process_has_mapped_counts_until_it_is_freed() -> None:
    before = memory_of_nobody()
    file = os.memfd_create("kept")
    try:
        for _ in range(300):
            os.write(file, bytes(MIB))
        assert memory_kept(before, at_most=1 << 40) > 128 * MIB
    finally:
        os.close(file)
    assert memory_kept(before, at_most=64 * MIB) <= 64 * MIB


def test_the_table_has_a_line_for_each_attack_below_a_head() -> None:
    rows = [{"attack": "sleeps", "ms": "7"}, {"attack": "x", "ms": "1000"}]
    assert list(lines_of(rows)) == ["attack  ms", "sleeps  7", "x       1000"]
    assert list(lines_of([])) == []
