"""Reads and writes `.local/env`: shell variables with which any tool can reach the running stack."""

import shlex
from pathlib import Path

from supervisor.private_files import write_private


def write(path: Path, values: dict[str, str]) -> None:
    write_private(path, "".join(f"export {name}={shlex.quote(value)}\n" for name, value in values.items()))


def read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    pairs = (line.removeprefix("export ").partition("=") for line in path.read_text().splitlines())
    return {name: "".join(shlex.split(value)) for name, _, value in pairs}
