"""The addresses that a tool may be told to go to, in one form for every tool."""

import re
from urllib.parse import urlsplit

from foundation.contracts.egress.hosts import is_host

_VISIBLE = re.compile(r"[!-~]+")


def web_address(text: str) -> str:
    """The text, which is an address on the web as jobs may reach it; raises `ValueError` with the reason."""
    if not _VISIBLE.fullmatch(text):
        raise ValueError("a URL has visible ASCII characters only; write others as %XX, and hosts as xn--…")
    parts = urlsplit(text)
    host = (parts.hostname or "").removesuffix(".")
    if parts.scheme not in {"http", "https"} or "@" in parts.netloc or not is_host(host):
        raise ValueError("write http:// or https:// and a full host name; no user, no IP address")
    if parts.port == 0:  # raises `ValueError` itself for what is no port
        raise ValueError("there is no port 0")
    return text
