"""HTTP to a provider: one shared session, and a table of what each way of failing means."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping

import aiohttp
import msgspec
from yarl import URL

from foundation.http.retry_after import seconds_until_retry
from llm_gateway.configuration.file import TimeoutsConfig
from llm_gateway.exchange.failures import Billing, UpstreamFailed, broken_off, refusal

_OK = 200
_TOO_MANY = 429
_REDIRECTS = 300
_CLIENT_ERROR = 400
_SERVER_ERROR = 500
_NOT_FOUND = 404
_OUR_FAULT = frozenset({401, 402, 403, 407})
# What the vendors' own clients send again, beside 5xx.
_PASSING = frozenset({408, 409, _TOO_MANY})
_MAX_ERROR_BYTES = 64 * 1024
_KEEP_ALIVE_SECONDS = 15


class _ErrorDetail(msgspec.Struct):
    message: str | None = None
    param: str | None = None


class _ErrorBody(msgspec.Struct):
    error: _ErrorDetail | None = None


class HttpAnswer:
    """A provider's answer with status 200, whose body is still to be read."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response
        self.request_id = _request_id(response)
        self.closed = False

    async def chunks(self) -> AsyncIterator[bytes]:
        try:
            while chunk := await self._response.content.readany():
                yield chunk
        except (aiohttp.ClientError, OSError) as error:
            raise cut_off(self.request_id) from error
        finally:
            # the connection serves again once its answer is read
            self._response.release() if self._response.content.at_eof() else self._response.close()

    async def whole(self) -> bytes:
        parts = [chunk async for chunk in self.chunks()]
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def close(self) -> None:
        self.closed = True
        self._response.close()


def cut_off(request_id: str | None) -> UpstreamFailed:
    """The connection broke while the answer was on its way: what it costs is not known."""
    return broken_off("upstream_cut", request_id=request_id)


class HttpTransport:
    """Posts bodies to one URL with our credentials."""

    def __init__(self, url: str, *, credentials: Mapping[str, str], timeouts: TimeoutsConfig) -> None:
        self._url = URL(url)
        # Neither asked for nor unpacked: callers get the provider's bytes as they came.
        self._headers = {"Content-Type": "application/json", "Accept-Encoding": "identity", **credentials}
        self._session = aiohttp.ClientSession(
            # No limit of connections: budgets and rates decide how many calls are open.
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEP_ALIVE_SECONDS),
            # No cookies: the session is shared by all tenants.
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=timeouts.connect),
        )

    async def post(self, body: bytes, *, client_request_id: str, headers: Iterable[tuple[str, str]] = ()) -> HttpAnswer:
        lines = {**dict(headers), **self._headers, "x-client-request-id": client_request_id}
        try:
            response = await self._session.post(self._url, data=body, headers=lines, allow_redirects=False)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise UpstreamFailed(
                "upstream_unreachable", billing=Billing.NONE, retryable=True, trips_breaker=True
            ) from error
        except (aiohttp.ClientError, OSError) as error:
            raise cut_off(None) from error
        if response.status == _OK:
            return HttpAnswer(response)
        raise await _refused(response)

    async def close(self) -> None:
        await self._session.close()


async def _refused(response: aiohttp.ClientResponse) -> UpstreamFailed:
    """What a status other than 200 means; providers do not bill for those, but for what may be an answer after all."""
    status = response.status
    request_id = _request_id(response)
    if status < _REDIRECTS:
        response.close()
        return broken_off("upstream_malformed", request_id=request_id, status=status)
    retry_after = seconds_until_retry(response.headers)
    try:
        async with asyncio.timeout(5):
            body = await response.content.read(_MAX_ERROR_BYTES)
        detail = msgspec.json.decode(body, type=_ErrorBody).error
    except (aiohttp.ClientError, OSError, TimeoutError, msgspec.MsgspecError):
        detail = None
    finally:
        response.close()
    if status == _NOT_FOUND:
        return refusal("model_not_found", status=status, request_id=request_id)
    # a redirect is not followed: another target may answer
    passing = status in _PASSING or status < _CLIENT_ERROR or status >= _SERVER_ERROR
    tell = not passing and status not in _OUR_FAULT
    return UpstreamFailed(
        "upstream_rate_limited" if status == _TOO_MANY else "upstream_error" if passing else "upstream_refused",
        billing=Billing.NONE,
        retryable=passing,
        trips_breaker=status < _CLIENT_ERROR or status >= _SERVER_ERROR,
        status=status,
        retry_after=retry_after,
        # what a provider says about our key or account is not the caller's business
        message=detail.message if detail and tell else None,
        parameter=detail.param if detail and tell else None,
        request_id=request_id,
    )


def _request_id(response: aiohttp.ClientResponse) -> str | None:
    return response.headers.get("x-request-id") or response.headers.get("request-id")
