"""SQL statements, read once: what SQLAlchemy makes of a text costs as much as sending it does."""

from functools import cache

from sqlalchemy import TextClause
from sqlalchemy import text as read


@cache
def text(statement: str) -> TextClause:
    """The statement, whose parameters are written `:name`. It is kept, so its text must not vary."""
    return read(statement)
