"""Checks ports: before the start that they are free, and afterwards that they answer on loopback only."""

import asyncio
import socket

import psutil

from supervisor.errors import Refused

_LOOPBACK = "127.0.0.1"
_CONNECT_SECONDS = 0.5


def refuse_taken(wanted: dict[str, int]) -> None:
    """Raise `Refused`, which names all ports that are taken; `wanted` maps the name of a setting to its port."""
    taken = {name: port for name, port in wanted.items() if not _free(port)}
    if not taken:
        return
    lines = [f"  port {port} is taken{_by_whom(port)}; set {name} to a free one" for name, port in taken.items()]
    raise Refused("nothing was started:\n" + "\n".join(lines))


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_LOOPBACK, port))
        except OSError:
            return False
    return True


def _by_whom(port: int) -> str:
    for connection in psutil.net_connections("tcp"):
        listens = connection.status == psutil.CONN_LISTEN and connection.pid
        if listens and connection.laddr and connection.laddr.port == port:
            return f" by {psutil.Process(connection.pid).name()} (process {connection.pid})"
    return ""


def other_addresses() -> list[str]:
    """The addresses of this machine that other machines could reach."""
    return [
        one.address
        for addresses in psutil.net_if_addrs().values()
        for one in addresses
        if one.family in (socket.AF_INET, socket.AF_INET6) and not one.address.startswith(("127.", "::1"))
    ]


async def answering_elsewhere(port: int) -> list[str]:
    addresses = other_addresses()
    answers = await asyncio.gather(*(_answers(address, port) for address in addresses))
    return [address for address, answered in zip(addresses, answers, strict=True) if answered]


async def _answers(address: str, port: int) -> bool:
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(address, port), _CONNECT_SECONDS)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True
