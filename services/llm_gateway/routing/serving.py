"""What the gateway serves from at this moment: routes made of its files, exchanged when these change and are good."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from foundation.contracts.gateway.rate_limits import RateLimits
from foundation.telemetry.background import TaskSet, every
from foundation.telemetry.logs import logger
from llm_gateway.breakers.alerts import Alert, Alerts
from llm_gateway.breakers.board import BreakerBoard
from llm_gateway.configuration.file import GatewayFile, KeyReference
from llm_gateway.configuration.loading import GatewayFileInvalid, load_configuration
from llm_gateway.exchange.dialect import Dialect
from llm_gateway.providers.base import Provider
from llm_gateway.providers.registry import connect_provider
from llm_gateway.routing.routes import Routes

LOOK_SECONDS = 1.0

KeyOf = Callable[[KeyReference], Awaitable[str | None]]
"""A provider's key, from where its table says that it is."""

_log = logger(__name__)


class Serving:
    """Exchanges the routes when a file changes; calls that have begun keep the routes and connections that they had."""

    def __init__(
        self,
        paths: Sequence[Path],
        *,
        placeholders: Mapping[str, str],
        key_of: KeyOf,
        breakers: BreakerBoard,
        alerts: Alerts,
        on_limits: Callable[[RateLimits], None],
    ) -> None:
        self._paths = tuple(paths)
        self._placeholders = placeholders
        self._key_of = key_of
        self._breakers = breakers
        self._alerts = alerts
        self._on_limits = on_limits
        self._config: GatewayFile | None = None
        self._connected: list[Provider] = []
        self._seen: dict[Path, tuple[int, int]] = {}
        self._retiring = TaskSet()
        self._retired: list[list[Provider]] = []
        self.routes: Routes

    async def begin(self) -> None:
        """Serve from the files as they are; `GatewayFileInvalid` ends the gateway before its first call."""
        self._seen = self._stamp()
        await self._serve(load_configuration(self._paths, placeholders=self._placeholders))

    async def run(self) -> None:
        """Look for changed files until cancelled."""
        await every(LOOK_SECONDS, self._look)()

    async def _look(self) -> None:
        if (stamp := self._stamp()) != self._seen:
            self._seen = stamp
            await self.reload()

    async def reload(self) -> bool:
        """Whether the files are served from now; what was served before goes on when they are not good."""
        try:
            config = load_configuration(self._paths, placeholders=self._placeholders)
            self._refuse_silent_prices(config)
        except GatewayFileInvalid as error:
            self._alerts.send(Alert.CONFIGURATION_REFUSED, why=str(error))
            return False
        if config != self._config:
            await self._serve(config)
        return True

    async def close(self) -> None:
        await self._retiring.cancel()
        for providers in (*self._retired, self._connected):
            await _close(providers)

    async def _serve(self, config: GatewayFile) -> None:
        providers: dict[str, dict[Dialect, Provider]] = {}
        for name, about in config.providers.items():
            key = await self._key_of(about.key) if about.key is not None else None
            if about.key is not None and not key:
                _log.info("a provider has no key and is passed over", extra={"provider": name})
                continue
            providers[name] = connect_provider(name, about, key=key)
        before, longest = self._connected, self._longest_call()
        self._config = config
        self._connected = [one for dialects in providers.values() for one in dialects.values()]
        self.routes = Routes(config, providers, self._breakers)
        self._on_limits(config.limits)
        _log.info("serving from the files", extra={"files": self._names, "version": config.version})
        if before:
            self._retired.append(before)
            self._retiring.start(self._retire(before, after=longest), name="retired providers")

    async def _retire(self, providers: list[Provider], *, after: float) -> None:
        """Close connections when no call can use them any more."""
        await asyncio.sleep(after + 1)
        await _close(providers)
        self._retired.remove(providers)

    def _longest_call(self) -> float:
        providers = self._config.providers.values() if self._config is not None else ()
        return max((about.timeouts.total for about in providers), default=0.0)

    def _refuse_silent_prices(self, config: GatewayFile) -> None:
        """Events name the version of the prices: other prices need another one."""
        served = self._config
        if served is None or served.version != config.version:
            return
        if (served.prices, served.searches) != (config.prices, config.searches):
            raise GatewayFileInvalid(f"{self._names}: version: other prices need another version")

    @property
    def _names(self) -> str:
        return ", ".join(map(str, self._paths))

    def _stamp(self) -> dict[Path, tuple[int, int]]:
        """What changes when a file does; also when it is replaced. One that is gone counts as unchanged."""
        stamps = dict(self._seen)
        for path in self._paths:
            with suppress(OSError):
                about = path.stat()
                stamps[path] = (about.st_mtime_ns, about.st_ino)
        return stamps


async def _close(providers: Iterable[Provider]) -> None:
    for provider in providers:
        await provider.close()
