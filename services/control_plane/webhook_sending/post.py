"""Sends one message to one address: over verified TLS, to public addresses only, and without following redirects."""

import asyncio
import ipaddress
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from foundation.contracts.egress.addresses import is_public
from foundation.contracts.egress.private_hosts import PrivateHosts

TIMEOUT_SECONDS = 15.0
_RESOLVE_SECONDS = 5.0
_MOST_AT_ONCE = 64
_MOST_RETRY_AFTER_DIGITS = 6


class AddressRefusedError(Exception):
    """The receiver's name leads to an address that is not public."""


@dataclass(frozen=True, slots=True)
class PostAnswer:
    """What became of one attempt: the answer's status, or why there is none."""

    status: int | None
    error: str | None
    ms: int
    retry_after: float | None = None

    @property
    def is_good(self) -> bool:
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004


Lookup = Callable[[str, int], Awaitable[Iterable[str]]]
"""The addresses of a name; `OSError` where there are none."""


async def look_up(host: str, port: int) -> Iterable[str]:
    """As the machine resolves names. With its final dot the name is whole: no search list is appended to it."""
    found = await asyncio.get_running_loop().getaddrinfo(f"{host}.", port, type=socket.SOCK_STREAM)
    return (str(sockaddr[0]) for *_, sockaddr in found)


class VettedNames(AbstractResolver):
    """Resolves each name anew, and gives its addresses only if all are public, or the operator opened the place."""

    def __init__(self, private: PrivateHosts, lookup: Lookup = look_up) -> None:
        self._private = private
        self._lookup = lookup

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,  # noqa: ARG002  # the connector takes what there is
    ) -> list[ResolveResult]:
        opened = (host, port) in self._private
        if opened and (address := self._private[host, port]) is not None:
            return [_result(host, str(address), port)]
        async with asyncio.timeout(_RESOLVE_SECONDS):
            addresses = [ipaddress.ip_address(text) for text in dict.fromkeys(await self._lookup(host, port))]
        if not opened and not all(map(is_public, addresses)):
            raise AddressRefusedError
        return [_result(host, str(address), port) for address in addresses]

    async def close(self) -> None:
        """It holds nothing."""


def _result(host: str, address: str, port: int) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=socket.AI_NUMERICHOST)


class Posting:
    """Sends messages while it is open."""

    def __init__(self, private: PrivateHosts, lookup: Lookup = look_up) -> None:
        self._names = VettedNames(private, lookup)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        # Each message opens its own connection, so that an address is vetted each time.
        connector = aiohttp.TCPConnector(
            resolver=self._names, use_dns_cache=False, force_close=True, limit=_MOST_AT_ONCE
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
            headers={"User-Agent": "Lockstep-Webhooks/1"},
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> PostAnswer:
        """Never raises because of the receiver: every end of an attempt is an answer."""
        if self._session is None:
            raise RuntimeError("messages are sent while it is open")
        began = time.monotonic()
        status, retry_after = None, None
        try:
            async with self._session.post(url, data=body, headers=headers, allow_redirects=False) as response:
                status, retry_after = response.status, _seconds(response.headers.get("Retry-After"))
                error = None if 200 <= status < 300 else _why(status)  # noqa: PLR2004
        except AddressRefusedError:
            error = "its name leads to an address that is not public, so that nothing was sent"
        except TimeoutError:
            error = f"it did not answer within {TIMEOUT_SECONDS:.0f} s"
        except aiohttp.ClientConnectorCertificateError:
            error = "its certificate is not accepted"
        except aiohttp.ClientConnectorDNSError:
            error = "no address was found for its name"
        except aiohttp.ClientResponseError:
            error = "what it answered is no HTTP"
        except aiohttp.ServerDisconnectedError:
            error = "it closed the connection without an answer"
        except aiohttp.ClientPayloadError:
            error = "its answer broke off"
        except aiohttp.ClientConnectorError as failure:
            error = f"it could not be connected to: {failure.os_error.strerror or 'the connection was refused'}"
        except (aiohttp.ClientError, OSError, ssl.SSLError, ValueError):
            error = "the connection broke"
        return PostAnswer(status, error, round((time.monotonic() - began) * 1000), retry_after)


def _why(status: int) -> str:
    if 300 <= status < 400:  # noqa: PLR2004
        return f"it answered {status}, and redirects are not followed"
    return f"it answered {status}"


def _seconds(value: str | None) -> float | None:
    if value is None or not value.isascii() or not value.isdigit() or len(value) > _MOST_RETRY_AFTER_DIGITS:
        return None
    return float(value)


def place_of(url: str) -> tuple[str, int]:
    """The host and the port that a checked URL leads to."""
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
