"""The digest of a call's body, by which the gateway knows the call again.

To read JSON holds the interpreter from its first byte to its last, a thread's included, and a proxy carries many jobs.
So a body that is not small is read in a process of its own, whose memory is bounded: a small text may stand for large
values.
"""

import asyncio
import json
import os
import resource
import sys
from typing import Any

from foundation.contracts.gateway.model_call import canonical_digest
from foundation.contracts.tool_job import MIB

SMALL = MIB
"""Bytes that are read here: some milliseconds."""
_MEMORY = 1024 * MIB
_SECONDS = 60.0
_HEX = 64


async def digest_of(body: bytes) -> str | None:
    """None where the body is not one that the gateway would take; then it says why."""
    if len(body) <= SMALL:
        return _digest(body)
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
    return said.decode() if process.returncode == 0 and len(said) == _HEX else None


def _digest(body: bytes) -> str | None:
    try:
        document: Any = json.loads(body)
        return canonical_digest(document) if isinstance(document, dict) else None
    except (ValueError, RecursionError, MemoryError):
        return None


def main() -> None:
    """Prints the digest of what it is given, or nothing."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    sys.stdout.write(_digest(sys.stdin.buffer.read()) or "")


if __name__ == "__main__":
    main()
