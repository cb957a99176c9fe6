"""What a runner and an egress service say before a connection is carried: one line of JSON each.

The service is known by the certificate that the launcher has told the runner of, under one name that is no host's.
"""

import asyncio
from typing import Literal, TypeVar

from pydantic import Field, ValidationError

from foundation.contracts.message import Message

SERVICE_NAME = "egress.lockstep.internal"
GREETING_SECONDS = 10.0
MAX_GREETING = 16 * 1024

M = TypeVar("M", bound=Message)


class Greeting(Message):
    """Whose connection this is, and what is wanted of it: to be carried, or the certificate that the job trusts."""

    v: Literal[1] = 1
    token: str = Field(repr=False, max_length=200)
    wants: Literal["connection", "certificate"]


class Welcome(Message):
    """The answer. `refused` says why the connection is not taken; `certificate` (PEM) is of the job's authority.

    `proof_key` is that by which programs in the job know refusals of its proxy.
    """

    refused: str | None = None
    certificate: str | None = None
    proof_key: str | None = Field(default=None, repr=False)


class GreetingError(Exception):
    """The other side said something else."""


async def say(writer: asyncio.StreamWriter, message: Message) -> None:
    writer.write(message.model_dump_json(exclude_none=True).encode() + b"\n")
    await writer.drain()


async def hear(reader: asyncio.StreamReader, kind: type[M]) -> M:
    """Raises `GreetingError`, `TimeoutError`, and `OSError` where the connection breaks."""
    try:
        async with asyncio.timeout(GREETING_SECONDS):
            line = await reader.readuntil(b"\n")
        if len(line) > MAX_GREETING:
            raise GreetingError("a greeting that is too long")
        return kind.model_validate_json(line)
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValidationError):
        raise GreetingError("no greeting of this kind") from None
