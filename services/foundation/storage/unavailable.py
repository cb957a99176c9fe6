"""PostgreSQL being away, as the platform's own error."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from foundation.domain.errors import DependencyUnavailable
from foundation.storage.database import is_transient


@contextmanager
def postgres_unavailable() -> Iterator[None]:
    """Raises `DependencyUnavailable` where PostgreSQL does not answer, or asks to try again; other errors pass."""
    try:
        yield
    except DBAPIError as error:
        if is_transient(error) or isinstance(error, OperationalError | InterfaceError):
            raise DependencyUnavailable("PostgreSQL does not answer", retry_after=1) from error
        raise
    except (PoolTimeout, OSError) as error:
        raise DependencyUnavailable("PostgreSQL does not answer", retry_after=1) from error
