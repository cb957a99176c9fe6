"""A program that is run beside the stack has standard output to itself, so that `make bench` can be piped."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fixtures.running.stack import Stack

pytestmark = [pytest.mark.stack, pytest.mark.serial]

ROOT = Path(__file__).parents[2]


def test_what_a_program_prints_is_all_that_standard_output_has(stack: Stack, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text("import json; print(json.dumps({'measured': 1}))")
    done = subprocess.run(
        [sys.executable, "-m", "supervisor", "run", str(program)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "localstack")},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"measured": 1}
