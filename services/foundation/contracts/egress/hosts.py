"""The hosts that a job may reach: names and patterns of names, and what a pattern matches.

One grammar serves definitions, tenants' policies and the proxy, so that no text is a host for one and something else
for another. A host is a full DNS name of letters, digits and hyphens whose last label begins with a letter: no way to
write an IP address (decimal, octal, hexadecimal, in brackets) fits it.
"""

import re
from collections.abc import Iterable

MAX_HOST = 253
_LABEL = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
_HOST = re.compile(rf"(?:{_LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])?")


def is_host(text: str) -> bool:
    """Whether the text is a host as jobs may name one: lower-case, without a final dot."""
    return len(text) <= MAX_HOST and _HOST.fullmatch(text) is not None


def pattern_fault(pattern: str) -> str | None:
    """Why the text cannot stand in a list of hosts; None when it can: a host, or `*.` before one.

    Which names of two labels and more are suffixes is asked where a list is given, and not of what was accepted before.
    """
    wild = pattern.startswith("*.")
    host = pattern[2:] if wild else pattern
    if wild and "." not in host:
        return "a pattern needs a registered name after `*.`, such as *.example.com; it may not name a whole suffix"
    if host.endswith(".") and is_host(host[:-1]):
        return "leave out the dot at the end of the host"
    if not is_host(host):
        return (
            "write a host such as example.com or *.example.com: a full name without scheme, port or path; "
            "not an IP address, and names in other scripts as xn--…"
        )
    return None


def matches(pattern: str, host: str) -> bool:
    """Whether the pattern allows the host; `*.example.com` allows every name below example.com, not itself."""
    return host.endswith(pattern[1:]) if pattern.startswith("*.") else host == pattern


def allows(patterns: Iterable[str], host: str) -> bool:
    return any(matches(pattern, host) for pattern in patterns)


def covers(ceiling: Iterable[str], pattern: str) -> bool:
    """Whether all hosts that the pattern allows are allowed by one entry of the ceiling."""
    return any(pattern == above or matches(above, pattern.removeprefix("*")) for above in ceiling)
