"""Which URLs a webhook may have: https to a host by its full name, and within the tenant's egress policy."""

from urllib.parse import urlsplit

from control_plane.governance.tenant_policy.service import allowed_hosts
from control_plane.identity.callers import ApiCaller
from foundation.contracts.egress.hosts import allows, is_host
from foundation.contracts.egress.private_hosts import PrivateHosts
from foundation.domain.errors import BadRequest, Fault
from foundation.storage.session.database import Transaction

_HTTPS = 443
_FORM = "write https://host/path, with the full name of a public host and the port 443"


async def checked_url(tx: Transaction, caller: ApiCaller, url: str, private: PrivateHosts) -> str:
    """The URL as it is stored. Raises `BadRequest` with its place.

    Where its name leads is looked at whenever something is sent, as that may change.
    """
    host = _host(url, private)
    if host is None:
        raise _refused(_FORM)
    allowed = await allowed_hosts(tx, caller)
    if allowed is not None and not allows(allowed, host):
        raise _refused(f"the tenant's egress policy does not allow {host}; PUT /api/v1/egress-policy changes it")
    return url


def _host(url: str, private: PrivateHosts) -> str | None:
    """The host of a URL that may be used; None of all others."""
    if not url.isascii() or any(ord(character) <= ord(" ") for character in url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname or ""
    if not is_host(host) or parts.username is not None or parts.password is not None or parts.fragment:
        return None
    if (host, port) in private and parts.scheme in {"http", "https"}:
        return host
    return host if parts.scheme == "https" and port in {None, _HTTPS} else None


def _refused(detail: str) -> BadRequest:
    return BadRequest(detail, faults=(Fault("/body/url", detail),))
