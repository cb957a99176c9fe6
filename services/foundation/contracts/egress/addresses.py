"""Which addresses a job may be connected to: public unicast ones, and none that leads elsewhere by translation.

`ipaddress.is_global` alone lets through what clouds and old transition schemes use, so those are named as well.
"""

import ipaddress
from typing import TypeAlias

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

_UNICAST_6 = ipaddress.IPv6Network("2000::/3")
"""Global unicast: mapped, compatible, translated (64:ff9b::), local and multicast addresses are all outside."""
_REFUSED_4 = tuple(
    ipaddress.IPv4Network(text)
    for text in (
        "0.0.0.0/8",
        "100.64.0.0/10",  # shared by carriers; Alibaba's metadata too
        "168.63.129.16/32",  # Azure's host
        "169.254.0.0/16",
        "192.0.0.0/24",  # Oracle's metadata, NAT64 discovery
        "192.88.99.0/24",  # 6to4 relays
        "198.18.0.0/15",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_REFUSED_6 = tuple(
    ipaddress.IPv6Network(text)
    for text in (
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",
        "2002::/16",  # 6to4: an IPv4 address within
        "3fff::/20",
    )
)


def is_public(address: Address) -> bool:
    """Whether anybody's job may be connected to it."""
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not any(address in network for network in _REFUSED_4)
    if address.scope_id is not None or address not in _UNICAST_6:
        return False
    return address.is_global and not any(address in network for network in _REFUSED_6)
