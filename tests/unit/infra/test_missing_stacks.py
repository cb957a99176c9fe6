"""A deployment that cannot be whole says so before it touches anything, and ends with 2."""

import os
import subprocess
from pathlib import Path

from infra import missing_stacks

ROOT = Path(__file__).parents[3]


def test_what_is_missing_is_what_has_no_file(tmp_path: Path) -> None:
    assert set(missing_stacks.missing(tmp_path)) == {"compute", "data", "identity"}
    (tmp_path / "data.py").touch()
    assert set(missing_stacks.missing(tmp_path)) == {"compute", "identity"}


def test_make_deploy_ends_with_2_and_has_touched_nothing(tmp_path: Path) -> None:
    make = ["make", "-C", str(ROOT), "deploy", "ENV=dev", "ACCOUNT=123456789012", "PYTHON=python3"]
    environment = {"PATH": os.environ["PATH"], "LOCKSTEP_LOCAL_DIR": str(tmp_path / "local")}
    done = subprocess.run(make, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert all(name in done.stderr for name in ("compute", "data"))
    assert "identity" not in done.stderr
    assert "installing" not in done.stdout
    assert not (tmp_path / "local").exists()
