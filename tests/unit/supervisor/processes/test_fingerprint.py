"""A fingerprint changes with every change of a file, and with nothing else."""

import os
from pathlib import Path

from supervisor.processes.fingerprint import fingerprint


def test_a_fingerprint_changes_when_a_file_is_written_added_or_removed(tmp_path: Path) -> None:
    file, other = tmp_path / "a.py", tmp_path / "sub" / "b.py"
    file.write_text("1")
    seen = [fingerprint([tmp_path])]
    file.write_text("22")
    seen.append(fingerprint([tmp_path]))
    os.utime(file, ns=(1, 1))
    seen.append(fingerprint([tmp_path]))
    other.parent.mkdir()
    other.write_text("1")
    seen.append(fingerprint([tmp_path]))
    file.unlink()
    seen.append(fingerprint([tmp_path]))
    assert len(set(seen)) == len(seen)


def test_compiled_files_and_missing_places_do_not_count(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("1")
    before = fingerprint([tmp_path, tmp_path / "missing"])
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_text("x")
    assert fingerprint([tmp_path]) == before
    assert fingerprint([tmp_path], more="x") != before
