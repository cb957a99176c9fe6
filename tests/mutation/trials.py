"""Runs the tests that reach a fault, and says whether one of them noticed."""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from mutation.faults import Fault
from mutation.pure import SERVICES

ROOT = SERVICES.parent
_UNIT = ("tests/unit", "tests/contract/ports")
_PYTEST = (
    *(sys.executable, "-m", "pytest", "-q", "-x", "-m", "not stack"),
    *("-p", "no:cacheprovider", "-p", "fixtures.machine.own_sockets", "-p", "mutation.plugin"),
)
_SECONDS = 180
_PASSED = 0
_MOST_TESTS = 400
"""Command lines have an end; a fault that so many tests reach without noticing is not found by more of them."""


class Fate(StrEnum):
    """What became of a fault."""

    KILLED = "killed"
    SURVIVED = "survived"
    UNREACHED = "unreached"


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault in one module."""

    module: str
    file: Path
    fault: Fault


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a mutant, and how many tests were asked."""

    mutant: Mutant
    fate: Fate
    tests: int

    def document(self) -> dict[str, object]:
        place = f"{self.mutant.file.relative_to(ROOT)}:{self.mutant.fault.line}"
        return {"place": place, "fate": self.fate, "tests": self.tests, **asdict(self.mutant.fault)}


class Reached:
    """Which tests run which function, from one run of the unit tests with every call noted."""

    def __init__(self, ran: dict[str, set[str]]) -> None:
        self._by_function = ran
        self._by_file: dict[str, set[str]] = defaultdict(set)
        for place, tests in ran.items():
            self._by_file[place.rpartition(":")[0]] |= tests

    def narrowly(self, mutant: Mutant) -> set[str]:
        """The tests that run the function."""
        return self._by_function.get(f"{mutant.file}:{mutant.fault.function_line}", set())

    def widely(self, mutant: Mutant) -> set[str]:
        """Every test in the files whose tests run anything of the mutant's file: fixtures may have run it for them."""
        return {test.partition("::")[0] for test in self._by_file[str(mutant.file)]}


def reach() -> Reached:
    """As the tests are now; noted again only when a file of the services or of the tests has changed."""
    digest = hashlib.sha256()
    for folder in (SERVICES, ROOT / "tests"):
        for file in sorted(folder.rglob("*.py")):
            digest.update(file.read_bytes())
    kept = ROOT / ".local" / "mutants" / f"{digest.hexdigest()[:16]}.json"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        for old in kept.parent.glob("*.json"):
            old.unlink()
        kept.write_text(json.dumps({place: sorted(tests) for place, tests in _noted().items()}))
    return Reached({place: set(tests) for place, tests in json.loads(kept.read_text()).items()})


def _noted() -> dict[str, set[str]]:
    ran: dict[str, set[str]] = defaultdict(set)
    with tempfile.TemporaryDirectory() as folder:
        command = [*_PYTEST, "-n", "2", "--dist", "worksteal", "--reach", folder, *_UNIT]
        done = subprocess.run(command, cwd=ROOT, env=_environment(), capture_output=True, text=True, check=False)
        if done.returncode != _PASSED:
            raise SystemExit(f"the unit tests fail without any fault:\n{done.stdout[-3000:]}")
        for file in Path(folder).glob("*.json"):
            for place, tests in json.loads(file.read_text()).items():
                ran[place] |= set(tests)
    return ran


def judge(mutant: Mutant, reached: Reached) -> Verdict:
    """First by the tests that run the very function, then by all that share files with those."""
    narrow, wide = sorted(reached.narrowly(mutant))[:_MOST_TESTS], sorted(reached.widely(mutant))
    if not wide:
        return Verdict(mutant, Fate.UNREACHED, 0)
    for tests in (narrow, wide):
        if tests and _notices(mutant, tests):
            return Verdict(mutant, Fate.KILLED, len(tests))
    return Verdict(mutant, Fate.SURVIVED, len(narrow))


def _notices(mutant: Mutant, tests: list[str]) -> bool:
    """A fault that hangs the tests is noticed as well."""
    command = [*_PYTEST, "--mutant", f"{mutant.module}:{mutant.fault.number}", *tests]
    try:
        done = subprocess.run(command, cwd=ROOT, env=_environment(), capture_output=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return True
    return done.returncode != _PASSED


def _environment() -> dict[str, str]:
    """Nothing of this shell's: no test of these needs the stack."""
    return {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "PYTHONDONTWRITEBYTECODE": "1"}
