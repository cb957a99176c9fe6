"""Turns what PostgreSQL and its driver raise into the platform's own errors."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from sqlalchemy.exc import TimeoutError as PoolTimeout

from foundation.domain.errors import (
    DatabaseBusy,
    DatabaseRefused,
    DatabaseUnavailable,
    LockstepError,
    NotFound,
    TransactionCollided,
    ValueNotStorable,
)
from foundation.storage.session.answering import Unanswered
from foundation.telemetry.logs import logger

_log = logger(__name__)

_AWAY = frozenset({"08", "40", "53", "55", "57", "58"})
"""Classes of SQLSTATE that a retry may get past: connection, rollback, resources, object state, operator, system."""
_VALUE = frozenset({"22", "54"})
"""Classes of SQLSTATE that a value causes: data exceptions, and limits such as the length of a jsonb text."""
_STATEMENT_TIME_IS_OVER = "57014"
_PAUSED_TOO_LONG = "25P03"
"""This process froze, or paused, within a transaction: PostgreSQL has undone it and closed the session."""
_READ_ONLY = "25006"
"""On a standby every transaction is; one that was begun so never writes, wherever it is."""
_REFERENCE = "23503"
_STILL_REFERENCED = "still referenced"
"""In PostgreSQL's words where it is not the new row that names what is missing, but the old one that others name."""
_COLLIDED = frozenset({"40001", "40P01"})
"""A serialization failure and a deadlock: PostgreSQL answers, and has undone this transaction for another one."""


@dataclass(slots=True)
class Sent:
    """What was sent last, without its values."""

    statement: object = ""
    """Whose text is the statement's, which is made only where it is told."""


class StatementRefused(Exception):
    """What PostgreSQL said, from where the driver raised it, without the rows and values of its details.

    Those are words of tenants, which no log may have; a traceback would print them with the driver's own error.
    """


@contextmanager
def in_our_words(*, writing: bool = True) -> Iterator[Sent]:
    """Raises what the driver raised as one of our errors; all other errors pass.

    What nobody expects is logged here, once for every door, by what was `Sent`; the caller of a transaction needs not.
    """
    sent = Sent()
    try:
        yield sent
    except Unanswered as error:
        raise DatabaseBusy("PostgreSQL does not answer", retry_after=2) from error
    except psycopg.Error as error:
        ours = _ours(error, writing=writing)
        if not isinstance(ours, DatabaseRefused | ValueNotStorable):
            raise ours from error
        cause = _without_values(error)
        if isinstance(ours, DatabaseRefused):
            _log.error("PostgreSQL refused a statement", exc_info=cause, extra=_about(error, sent))
        else:
            _log.debug("PostgreSQL cannot hold a value", extra=_about(error, sent))
        raise ours from cause
    except PoolTimeout as error:
        raise DatabaseBusy("PostgreSQL has no connection free for this service", retry_after=2) from error
    except UnicodeEncodeError as error:
        raise ValueNotStorable("half a surrogate pair cannot be stored", remedy="send whole characters") from error


def _without_values(error: psycopg.Error) -> StatementRefused:
    if error.sqlstate is None:
        said = f"{type(error).__name__}: {error}"
    elif error.sqlstate[:2] in _VALUE:
        said = error.sqlstate  # its first sentence has the value
    else:
        said = f"{error.sqlstate}: {error.diag.message_primary}"
    return StatementRefused(said).with_traceback(error.__traceback__)


def _about(error: psycopg.Error, sent: Sent) -> dict[str, str | None]:
    found = {"sqlstate": error.sqlstate, "constraint": error.diag.constraint_name, "table": error.diag.table_name}
    return {"statement": " ".join(str(sent.statement).split()), **found}


def _ours(error: psycopg.Error, *, writing: bool) -> LockstepError:
    state = error.sqlstate or ""
    if state == _READ_ONLY and not writing:
        return DatabaseRefused("a transaction that only reads was to write")
    if state == _STATEMENT_TIME_IS_OVER:
        return DatabaseBusy("PostgreSQL took too long", retry_after=2)
    if state in _COLLIDED:
        detail = "another transaction changed the same at the same moment; nothing of this one was done"
        return TransactionCollided(detail, retry_after=1)
    if state[:2] in _AWAY or state in (_READ_ONLY, _PAUSED_TOO_LONG):
        return DatabaseUnavailable("PostgreSQL does not answer", retry_after=1)
    if state == _REFERENCE and _STILL_REFERENCED not in (error.diag.message_detail or ""):
        # Whoever writes has looked for it in the same transaction, and another one has removed it since.
        detail = "something that this call names was removed at the same moment; nothing of the call was done"
        return NotFound(detail, remedy="read anew what there is")
    if state[:2] in _VALUE or isinstance(error, psycopg.DataError):
        return ValueNotStorable("a value cannot be stored", remedy="look for U+0000 and for numbers out of range")
    if not state and isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        # Without an SQLSTATE the error is the driver's: the connection broke or was never made.
        return DatabaseUnavailable("PostgreSQL does not answer", retry_after=1)
    return DatabaseRefused("the database refused the statement")
