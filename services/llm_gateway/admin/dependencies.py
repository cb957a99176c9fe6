"""Checks that a caller of the internal routes is another service of Lockstep, by its short-lived token."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Header

from foundation.domain.people.admission import NoCredential
from foundation.http.service_tokens import TokenVerifier


def calling_service(verifier: TokenVerifier) -> Callable[[str | None], Awaitable[str]]:
    """A dependency that answers the calling service's name."""

    async def service(authorization: Annotated[str | None, Header()] = None) -> str:
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise NoCredential("send a service token as a Bearer token")
        return verifier.service(token)

    return service
