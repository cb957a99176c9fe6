"""DBOS, measured: the program `dbos_steps.py` in an environment of its own, on an empty database of the same server."""

import asyncio
import json
import subprocess
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql

from peers.base import PeerMissing, installed
from support.installing import install
from support.scratch import renamed

PROGRAM = Path(__file__).with_name("dbos_steps.py")
_LONGEST_SECONDS = 60
Shapes = dict[str, dict[str, float]]


def prepare() -> None:
    """Installs DBOS; `PeerMissing` where that is not possible."""
    install(["dbos"])
    if not _python().exists():
        raise PeerMissing("DBOS cannot be installed here")


async def one_round(superuser_url: str) -> Shapes:
    """The figures of each shape, in the members that ours have."""
    name = f"bench_{uuid4().hex[:12]}"
    with psycopg.connect(superuser_url, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            return await _run(renamed(superuser_url, name))
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


async def _run(url: str) -> Shapes:
    program = await asyncio.create_subprocess_exec(
        str(_python()), "-P", str(PROGRAM), url, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    async with asyncio.timeout(_LONGEST_SECONDS):
        said, complained = await program.communicate()
    if program.returncode != 0:
        raise PeerMissing(f"DBOS ended with status {program.returncode}: {complained.decode()[-500:]}")
    return dict(json.loads(said))


def _python() -> Path:
    return installed("dbos") / "bin" / "python"
