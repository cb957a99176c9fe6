"""What a call of a model asks: which model, and the digest by which the gateway knows the call again.

To read JSON holds the interpreter from its first byte to its last, a thread's included, and a proxy carries many jobs.
So a body that is not small is read in a process of its own, whose memory is bounded: a small text may stand for large
values.
"""

import asyncio
import json
import os
import resource
import sys
from dataclasses import dataclass
from typing import Any

from foundation.contracts.gateway.model_call import canonical_digest
from foundation.contracts.tool_job import MIB

SMALL = MIB
"""Bytes that are read here: some milliseconds."""
_MEMORY = 1024 * MIB
_SECONDS = 60.0
_SAID = 2
"""Lines that the process says: the digest, and the model as a JSON text."""


@dataclass(frozen=True, slots=True)
class AskedModel:
    """Of a body that is one JSON object with a name of a model."""

    digest: str
    model: str


async def asked_in(body: bytes) -> AskedModel | None:
    """None where the body is not one that the gateway would take."""
    if len(body) <= SMALL:
        return _read(body)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", __name__),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    try:
        async with asyncio.timeout(_SECONDS):
            said, _ = await process.communicate(body)
    except TimeoutError:
        return None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    lines = said.decode().splitlines()
    return AskedModel(lines[0], json.loads(lines[1])) if process.returncode == 0 and len(lines) == _SAID else None


def _read(body: bytes) -> AskedModel | None:
    try:
        document: Any = json.loads(body.decode(), object_pairs_hook=_object)
        model = document.get("model") if isinstance(document, dict) else None
        return AskedModel(canonical_digest(document), model) if isinstance(model, str) else None
    except (ValueError, RecursionError, MemoryError):
        return None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """One whose members are named once: of two models nobody could say which one is meant."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is named twice")
    return members


def main() -> None:
    """Prints what is asked in what it is given, or nothing."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    asked = _read(sys.stdin.buffer.read())
    if asked is not None:
        sys.stdout.write(f"{asked.digest}\n{json.dumps(asked.model)}\n")


if __name__ == "__main__":
    main()
