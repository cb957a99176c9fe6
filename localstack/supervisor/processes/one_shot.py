"""Runs a command to its end; an error contains the end of its output."""

import asyncio

from supervisor.errors import SupervisorError
from supervisor.settings import ROOT

_LAST_CHARACTERS = 2000


async def run(*argv: str, environment: dict[str, str], what: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *argv,
        cwd=ROOT,
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    if process.returncode != 0:
        shown = (errors + output).decode(errors="replace")[-_LAST_CHARACTERS:]
        raise SupervisorError(f"{what} failed with exit status {process.returncode}:\n{shown}")
    return output.decode()
