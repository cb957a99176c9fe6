"""A connection on which nobody waits for longer than they said: one whose server is silent is closed from here.

PostgreSQL ends a statement that takes too long, as long as PostgreSQL runs. Where its machine has stopped, or packets
of a connection lead nowhere, nobody does: so the driver's one wait has a bound on this side, which holds for whatever
is asked on the connection.
"""

from typing import Any, Final, TypeVar

import psycopg
from psycopg.abc import PQGen

# The driver's own: private, since it only says that its `timeout` is over.
from psycopg.errors import _WaitTimeout

RV = TypeVar("RV")

_INTERVAL_SECONDS: Final = 0.1


class Unanswered(psycopg.OperationalError):
    """The server was silent for too long, and the connection is closed. What was asked last may still be done."""


class AnsweringConnection(psycopg.AsyncConnection[Any]):
    """`longest_wait_seconds` bounds each answer of the server; whoever asks for more, or less, sets it before."""

    longest_wait_seconds: float = 5

    async def wait(
        self,
        gen: PQGen[RV],
        interval: float = _INTERVAL_SECONDS,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> RV:
        try:
            return await super().wait(gen, interval, self.longest_wait_seconds if timeout is None else timeout)
        except _WaitTimeout as error:
            # Without a word to the server, to which this would be another one to wait for. What it has begun it undoes
            # when it finds the connection closed.
            self.pgconn.finish()
            raise Unanswered("the server was silent for too long") from error
