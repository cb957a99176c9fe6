"""Routes as they are served: the routes file with providers, prices and breakers in place."""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from foundation.domain.errors import BadRequest, DependencyUnavailable, NotFound
from llm_gateway.bound import Unpriced
from llm_gateway.breakers import Breaker
from llm_gateway.dialects.base import Dialect
from llm_gateway.prices import Price, PriceTable
from llm_gateway.providers.base import Provider
from llm_gateway.routes_config import RouteConfig, RoutesFile, TargetConfig


class ModelNotFound(NotFound):
    code = "model_not_found"


class NotInThisDialect(BadRequest):
    """The model is served, but by no provider that the caller's dialect reaches."""

    code = "model_not_in_this_dialect"


@dataclass(frozen=True, slots=True)
class Target:
    """One model of one provider."""

    provider: Provider
    model: str
    price: Price
    breaker: Breaker


@dataclass(frozen=True, slots=True)
class Route:
    """Where a request may go, in order of preference."""

    name: str
    targets: tuple[Target, ...]
    max_output_tokens: int
    attempts: int

    @property
    def total_seconds(self) -> float:
        return max(target.provider.timeouts.total for target in self.targets)


class Routes:
    """Resolves a model's name; `providers` are those that can be used (they have their keys), by what they speak."""

    def __init__(self, config: RoutesFile, providers: Mapping[str, Mapping[Dialect, Provider]]) -> None:
        self._config = config
        self._providers = providers
        self._prices = PriceTable(config)
        self._breakers: dict[tuple[str, str], Breaker] = {}
        self._resolved: dict[tuple[str, Dialect], Route] = {}

    def names(self) -> list[str]:
        """The aliases that can be listed: those without a pattern."""
        return sorted(name for name in self._config.routes if "*" not in name)

    def resolve(self, model: str, dialect: Dialect) -> Route:
        """The route of a model; `ModelNotFound`, or `Unpriced` where nobody says what it costs."""
        if (route := self._resolved.get((model, dialect))) is None:
            route = self._build(model, dialect)
            if "*" not in model and len(self._resolved) < 10_000:  # noqa: PLR2004
                self._resolved[model, dialect] = route
        return route

    def _build(self, model: str, dialect: Dialect) -> Route:
        name, config = self._find(model)
        usable = [target for target in config.targets if target.provider in self._providers]
        if not usable and config.stand_in is not None and config.stand_in.provider in self._providers:
            usable = [config.stand_in]
        if not usable:
            raise DependencyUnavailable(f"no provider of {name!r} has a key")
        spoken = [target for target in usable if dialect in self._providers[target.provider]]
        if not spoken:
            raise NotInThisDialect(f"no provider of {name!r} speaks the dialect of this request")
        return Route(
            name=name,
            targets=tuple(self._target(target, model, dialect) for target in spoken),
            max_output_tokens=config.max_output_tokens,
            attempts=config.attempts,
        )

    def _find(self, model: str) -> tuple[str, RouteConfig]:
        if model in self._config.routes:
            return model, self._config.routes[model]
        for name, config in self._config.routes.items():
            if "*" in name and fnmatchcase(model, name):
                return name, config
        raise ModelNotFound(f"there is no model {model!r}")

    def _target(self, config: TargetConfig, asked: str, dialect: Dialect) -> Target:
        model = asked if config.model == "*" else config.model
        price = self._prices.price_of(config.provider, model)
        if price is None:
            raise Unpriced(f"nobody has said what {model!r} costs")
        key = (config.provider, model)
        if key not in self._breakers:
            self._breakers[key] = Breaker(*key, self._config.providers[config.provider].breaker)
        return Target(self._providers[config.provider][dialect], model, price, self._breakers[key])
