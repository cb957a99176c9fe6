"""A plugin of pytest: `--mutant module:number` puts one fault into a module, `--reach folder` notes who runs what."""

import importlib.util
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, FrameType, ModuleType

import pytest
from hypothesis import HealthCheck, settings

from mutation.faults import mutated
from mutation.pure import SERVICES


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--mutant", default="")
    parser.addoption("--reach", default="")


def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Before any module of ours is imported."""
    if mutant := early_config.known_args_namespace.mutant:
        name, _, number = mutant.partition(":")
        sys.meta_path.insert(0, _Finder(name, int(number)))


def pytest_configure(config: pytest.Config) -> None:
    # Noted calls are slow, and one sample for all mutants is fair.
    settings.register_profile("mutation", deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    settings.load_profile("mutation")
    if (folder := config.getoption("--reach")) and (hasattr(config, "workerinput") or not config.getoption("-n")):
        config.pluginmanager.register(Reach(Path(folder)))


class _Finder:
    def __init__(self, name: str, number: int) -> None:
        self._name, self._number = name, number

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        del path, target
        if name != self._name:
            return None
        file = str(SERVICES.joinpath(*name.split(".")).with_suffix(".py"))
        return importlib.util.spec_from_file_location(name, file, loader=_Loader(name, file, self._number))


class _Loader(SourceFileLoader):
    def __init__(self, name: str, path: str, number: int) -> None:
        super().__init__(name, path)
        self._number = number

    def get_code(self, fullname: str) -> CodeType:
        """Compiled anew: what is cached has no fault."""
        del fullname
        tree = mutated(Path(self.path).read_text(encoding="utf-8"), self._number)
        return compile(tree, self.path, "exec", dont_inherit=True)


class Reach:
    """Notes for each test which functions of the services ran, by their file and first line."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / f"reach-{id(self)}-{Path('/proc/self').resolve().name}.json"
        self._ran: dict[str, set[str]] = defaultdict(set)
        self._now: set[CodeType] = set()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._now = set()
        sys.settrace(self._trace)
        try:
            return (yield)
        finally:
            sys.settrace(None)
            test = item.nodeid.partition("[")[0]
            for code in self._now:
                if code.co_filename.startswith(f"{SERVICES}/"):
                    self._ran[f"{code.co_filename}:{code.co_firstlineno}"].add(test)

    def pytest_sessionfinish(self) -> None:
        self._file.write_text(json.dumps({place: sorted(tests) for place, tests in self._ran.items()}))

    def _trace(self, frame: FrameType, event: str, argument: object) -> None:
        """Called once for each call of a function; no line is traced."""
        del event, argument
        self._now.add(frame.f_code)
