"""Clients with which our processes speak to each other."""

from typing import Any

import httpx


class _Transport(httpx.AsyncHTTPTransport):
    """A connection that is lost as soon as it is made is told as one that was not made.

    Under uvloop the client below httpx then asks a socket that is gone for its peer, before anything is sent.
    """

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return await super().handle_async_request(request)
        except AttributeError as error:
            if error.name != "getpeername":
                raise
            raise httpx.ConnectError("the server hung up as soon as it was reached", request=request) from error


def http_client(**options: Any) -> httpx.AsyncClient:
    """A client of another process of ours, never by a proxy of the environment. `options` are those of httpx.

    Whatever keeps a request from its server or its answer from us is an `httpx.TransportError`.
    """
    return httpx.AsyncClient(transport=_Transport(), trust_env=False, **options)
