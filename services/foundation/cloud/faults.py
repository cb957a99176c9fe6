"""Turns AWS errors into the platform's own."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from foundation.domain.errors import DependencyUnavailable


def code_of(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


@contextmanager
def unavailable(what: str) -> Iterator[None]:
    """Turns every failure to be served into `DependencyUnavailable(what)`, which says that it may pass.

    An error that means something else (there is no such object, the name is used) is for the caller to handle inside
    the block. A missing grant counts as passing too, since an operator can give it while the process runs.
    """
    try:
        yield
    except (BotoCoreError, ClientError, OSError, TimeoutError) as error:
        raise DependencyUnavailable(f"{what} does not answer as it should: {error}") from error
