"""Places that are not public and that an operator opened: `host:port`, or `host:port=address`."""

import ipaddress
import re
from collections.abc import Iterable, Mapping

from foundation.contracts.egress.addresses import Address
from foundation.contracts.egress.hosts import is_host
from foundation.domain.words.quoting import quoted

_ENTRY = re.compile(r"([^:=]+):([0-9]{1,5})(?:=(.+))?")

PrivateHosts = Mapping[tuple[str, int], Address | None]


def private_hosts(entries: Iterable[str]) -> PrivateHosts:
    """Reads an operator's `host:port` or `host:port=address`; with an address the name is not resolved.

    Raises `ValueError` on anything else.
    """
    hosts: dict[tuple[str, int], Address | None] = {}
    for entry in entries:
        found = _ENTRY.fullmatch(entry)
        if found is None or not is_host(found[1]) or not 0 < int(found[2]) < 1 << 16:
            raise ValueError(f"{quoted(entry)} is not host:port, nor host:port=address")
        hosts[found[1], int(found[2])] = ipaddress.ip_address(found[3]) if found[3] else None
    return hosts
