"""SQL on its way to PostgreSQL's driver: each text is read once, as reading costs as much as sending does."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ClauseElement
from sqlalchemy import text as read
from sqlalchemy.dialects.postgresql.psycopg import PGDialectAsync_psycopg

_DIALECT = PGDialectAsync_psycopg()  # type: ignore[no-untyped-call]
_IN_FULL = {"render_postcompile": True}


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL as the driver takes it, with its parameters as `%(name)s`."""

    sql: bytes

    def __str__(self) -> str:
        return self.sql.decode()


@cache
def text(*parts: str) -> Statement:
    """The statement of these parts, whose parameters are written `:name`. It is kept, so that no part may vary.

    A condition, or a sub-query, that several statements share is one of their parts.
    """
    return Statement(str(read(" ".join(parts)).compile(dialect=_DIALECT)).encode())


def put_together(built: ClauseElement) -> tuple[Statement, Mapping[str, Any]]:
    """What SQLAlchemy has put together as a statement with its values. Each call costs as much as a short query."""
    compiled = built.compile(dialect=_DIALECT, compile_kwargs=_IN_FULL)
    return Statement(str(compiled).encode()), compiled.params or {}
