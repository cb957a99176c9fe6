"""What the gateway serves from at this moment: routes made of its files and of what operators publish over them.

They are exchanged when either changes and is good.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from foundation.contracts.gateway.ledger import Dialect
from foundation.contracts.gateway.rate_limits import RateLimits
from foundation.domain.errors import DependencyUnavailable
from foundation.telemetry.background import TaskSet, every
from foundation.telemetry.logs import logger
from llm_gateway.breakers.alerts import Alert, Alerts
from llm_gateway.breakers.board import BreakerBoard
from llm_gateway.configuration.file import GatewayFile, KeyReference
from llm_gateway.configuration.loading import GatewayFileInvalid, Published, load_configuration
from llm_gateway.providers.base import Provider
from llm_gateway.providers.registry import connect_provider
from llm_gateway.routing.routes import Routes

LOOK_SECONDS = 1.0

KeyOf = Callable[[KeyReference], Awaitable[str | None]]
"""A provider's key, from where its table says that it is."""
ReadPublished = Callable[[], Awaitable[Published | None]]
"""What operators have published; `DependencyUnavailable` while that cannot be read."""
_NEXT = 0
"""The number of what is not published yet; those that are begin with 1."""

_log = logger(__name__)


class Serving:
    """Exchanges the routes when something changes; calls that have begun keep the routes and connections they had.

    Until it is known what is published, nothing is served: prices or routes that operators have replaced are not
    used for the time in which the database is away.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        *,
        placeholders: Mapping[str, str],
        read_published: ReadPublished,
        key_of: KeyOf,
        breakers: BreakerBoard,
        alerts: Alerts,
        on_limits: Callable[[RateLimits], None],
    ) -> None:
        self._paths = tuple(paths)
        self._placeholders = placeholders
        self._read_published = read_published
        self._key_of = key_of
        self._breakers = breakers
        self._alerts = alerts
        self._on_limits = on_limits
        self._config: GatewayFile | None = None
        self._connected: list[Provider] = []
        self._seen: dict[Path, tuple[int, int]] = {}
        self._retiring = TaskSet()
        self._retired: list[list[Provider]] = []
        self._published: Published | None = None
        self._is_known = False
        self._routes: Routes | None = None

    @property
    def routes(self) -> Routes:
        """`DependencyUnavailable` until it is known what operators have published."""
        if self._routes is None:
            raise DependencyUnavailable("what operators have published for this gateway is not known yet")
        return self._routes

    async def check(self) -> None:
        """Raises `DependencyUnavailable` while nothing is served."""
        _ = self.routes

    async def begin(self) -> None:
        """Serve what is there; `GatewayFileInvalid` of the files ends the gateway before its first call.

        What is published was read by a gateway before it was approved. If it cannot be served over these files all
        the same, nothing is served until one or the other is mended.
        """
        load_configuration(self._paths, placeholders=self._placeholders)
        await self.look()

    async def run(self) -> None:
        """Look for changed files until cancelled."""
        await every(LOOK_SECONDS, self.look)()

    async def look(self) -> None:
        """Serve what has changed since the last look."""
        known, published = await self._published_now()
        if (stamp := self._stamp()) != self._seen or (known, published) != (self._is_known, self._published):
            self._seen, self._is_known, self._published = stamp, known, published
            await self.reload()

    async def _published_now(self) -> tuple[bool, Published | None]:
        """Whether it is known, and what it is; what was known goes on while the database is away."""
        try:
            return True, await self._read_published()
        except DependencyUnavailable as error:
            _log.debug("what is published cannot be read now", exc_info=error)
            return self._is_known, self._published

    def fault_of(self, document: str) -> str | None:
        """Where and why the document could not be served over the files; None when it could."""
        try:
            load_configuration(self._paths, placeholders=self._placeholders, published=Published(_NEXT, document))
        except GatewayFileInvalid as error:
            return str(error).removeprefix(f"{Published(_NEXT, document)}: ")
        return None

    async def reload(self) -> bool:
        """Whether all is served as it is now; what was served before goes on when it is not good."""
        if not self._is_known:
            return False
        try:
            config = load_configuration(self._paths, placeholders=self._placeholders, published=self._published)
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
        self._routes = Routes(config, providers, self._breakers)
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
