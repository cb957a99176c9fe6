"""The addresses that a tool may be told to go to, in one form for every tool."""

import re
from urllib.parse import urlsplit

from foundation.contracts.egress.hosts import is_host

_FORM = "write http:// or https:// and a full host name; no user, no IP address"
_PORT = re.compile(r"[1-9][0-9]{0,4}")
_LAST_PORT = 65_535
_VISIBLE = re.compile(r"[!-~]+")


def web_address(text: str) -> str:
    """The text, which is an address on the web as jobs may reach it; raises `ValueError` with the reason."""
    if not _VISIBLE.fullmatch(text):
        raise ValueError("a URL has visible ASCII characters only; write others as %XX, and hosts as xn--…")
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise ValueError(_FORM) from error
    host = (parts.hostname or "").removesuffix(".")
    if parts.scheme not in {"http", "https"} or "@" in parts.netloc or not is_host(host):
        raise ValueError(_FORM)
    # As the proxy reads it, which takes no form of a number but its usual one.
    _, colon, port = parts.netloc.partition(":")
    if colon and not (_PORT.fullmatch(port) and int(port) <= _LAST_PORT):
        raise ValueError("a port is a number from 1 to 65535 without zeros before it; without one, write no colon")
    return text
