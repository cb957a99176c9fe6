"""No gateway: calls are sent to the fake upstream."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from peers.base import LOAD_CORE, Peer, pinned, ready
from supervisor.settings import ROOT
from support.raw_http import Target, free_port


@contextmanager
def direct(folder: Path) -> Iterator[Peer]:
    """The upstream of all peers; it runs on the core of the load."""
    target, log = Target(free_port()), folder / "upstream.log"
    program = str(ROOT / "bench" / "gateway_parts" / "fake_upstream.py")
    with pinned(sys.executable, program, str(target.port), core=LOAD_CORE, log=log) as process:
        ready("the fake upstream", target, process, log, path="/health", seconds=20)
        yield Peer("direct", target)
