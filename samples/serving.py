"""Serves a sample's own website on this machine, for as long as its run goes on.

The folder of such a sample has `site.toml` with the `host` under which tools ask for it, and `site/`: `before` is what
the first run finds there, `after` what every later one does.
"""

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any


class CannotServe(Exception):
    """The site cannot be served, with the reason."""


class _Files(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Not between the lines that tell of the run."""


def site_address(folder: Path, port: int) -> str:
    """Where tools find the site of the sample in this folder."""
    host = tomllib.loads((folder / "site.toml").read_text(encoding="utf-8"))["host"]
    return f"http://{host}:{port}/"


@contextmanager
def served(folder: Path, port: int, *, later: bool) -> Iterator[None]:
    """The site as it was at first, or as it is `later`, on the loopback; nothing for a sample without one.

    Raises `CannotServe`.
    """
    if not (folder / "site").is_dir():
        yield
        return
    if not port:
        raise CannotServe(f"LOCKSTEP_PORT_SAMPLE_SITE is not set: use `make sample NAME={folder.name}`")
    edition = folder / "site" / ("after" if later else "before")
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), partial(_Files, directory=str(edition)))
    except OSError as error:
        raise CannotServe(f"the site cannot be served: port {port} (LOCKSTEP_PORT_SAMPLE_SITE): {error}") from error
    with server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield
        finally:
            server.shutdown()
