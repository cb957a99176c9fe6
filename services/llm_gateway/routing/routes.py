"""Routes as they are served: the gateway's files with providers, prices, breakers and translations in place."""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from foundation.contracts.gateway.ledger import Dialect
from foundation.contracts.policy.providers import NOT_ALLOWED, ProviderRules
from foundation.domain.errors import BadRequest, Forbidden, LockstepError, NotFound
from llm_gateway.breakers.board import BreakerBoard
from llm_gateway.breakers.breaker import ModelBreaker
from llm_gateway.configuration.file import GatewayFile, OnDisconnect, RouteConfig, TargetConfig
from llm_gateway.pricing.bounds import Unpriced
from llm_gateway.pricing.prices import Price, PriceTable
from llm_gateway.providers.base import Provider
from llm_gateway.translation.base import Translation
from llm_gateway.translation.registry import translation
from llm_gateway.wires.registry import WIRES

LISTED = "GET /v1/models of the gateway lists the models"


class ModelNotFound(NotFound):
    """No route has the name of the model that the caller asks for."""

    code = "model_not_found"


class NoProviderKey(NotFound):
    """The model is served by nobody until this installation gets a key: trying again does not help."""

    code = "no_provider_key"


class NotInThisDialect(BadRequest):
    """The model is served, but by no provider that the caller's dialect reaches."""

    code = "model_not_in_this_dialect"


class ProviderNotAllowed(Forbidden):
    """The model is served, but by no provider that the tenant's calls may go to."""

    code = NOT_ALLOWED


DEFAULT_OUTPUT = 4096
"""What an answer has at most where neither its caller nor its route nor the price table says anything."""


@dataclass(frozen=True, slots=True)
class Target:
    """One model of one provider, with the translation that stands between it and the caller, if one does."""

    provider: Provider
    model: str
    price: Price
    breaker: ModelBreaker
    translation: Translation | None
    rank: int
    weight: int
    uncritical_only: bool
    on_disconnect: OnDisconnect
    most_drains: int
    default_output: int = DEFAULT_OUTPUT
    """Tokens that an answer has at most where its caller names no limit."""
    fields: frozenset[str] = frozenset()
    """Of a request, beyond those known to the gateway: the provider takes them free of cost."""
    region: str | None = None
    """Where the provider keeps and processes what it is sent; None where nobody has declared it."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where a request may go."""

    name: str
    config: RouteConfig
    targets: tuple[Target, ...]
    cheaper: Target | None

    @property
    def attempts(self) -> int:
        return self.config.attempts

    @property
    def total_seconds(self) -> float:
        return max(target.provider.timeouts.total for target in self.targets)


def allowed_targets(route: Route, rules: ProviderRules | None) -> tuple[Target, ...]:
    """Those of the route that the tenant may use; `ProviderNotAllowed` when there are none."""
    if rules is None:
        return route.targets
    allowed = tuple(target for target in route.targets if is_allowed(target, rules))
    if not allowed:
        served = ", ".join(sorted({_place(target) for target in route.targets}))
        raise ProviderNotAllowed(
            f"the model {route.name!r} is served by {served}, and {rules.in_words()}",
            remedy="ask for another model, or have the policy changed: PUT /api/v1/provider-policy",
        )
    return allowed


def is_allowed(target: Target, rules: ProviderRules | None) -> bool:
    return rules is None or rules.allows(target.provider.name, target.region)


def _place(target: Target) -> str:
    return f"{target.provider.name} ({'no region is declared' if target.region is None else target.region})"


Providers = Mapping[str, Mapping[Dialect, Provider]]
"""Those that can be used (they have their keys), by name and by what they speak."""


class Routes:
    """Finds the route of a model's name."""

    def __init__(self, config: GatewayFile, providers: Providers, breakers: BreakerBoard) -> None:
        self._config = config
        self._providers = providers
        self._prices = PriceTable(config)
        self._breakers = breakers
        self._resolved: dict[tuple[str, Dialect], Route] = {}

    def names(self, rules: ProviderRules | None) -> list[str]:
        """The aliases that can be asked for by name: those without a pattern that an allowed provider here serves."""
        return sorted(name for name in self._config.routes if self.has(name, rules))

    def has(self, model: str, rules: ProviderRules | None) -> bool:
        """Whether a call in some dialect would have somewhere to go; a pattern is no model."""
        return "*" not in model and any(self._reaches(model, dialect, rules) for dialect in Dialect)

    def _reaches(self, model: str, dialect: Dialect, rules: ProviderRules | None) -> bool:
        try:
            allowed_targets(self.resolve(model, dialect), rules)
        except LockstepError:
            return False
        return True

    def resolve(self, model: str, dialect: Dialect) -> Route:
        """The route of a model.

        `ModelNotFound`, `NoProviderKey`, `NotInThisDialect`, or `Unpriced` where nobody says what it costs.
        """
        if (route := self._resolved.get((model, dialect))) is None:
            route = self._build(model, dialect)
            # Bounded, because behind a pattern a caller may name as many models as they can think of.
            if "*" not in model and len(self._resolved) < 10_000:  # noqa: PLR2004
                self._resolved[model, dialect] = route
        return route

    def _build(self, model: str, dialect: Dialect) -> Route:
        name, config = self._find(model)
        usable = [(at, one) for at, one in enumerate(config.targets, start=1) if one.provider in self._providers]
        stand_in = self._config.stand_ins.get(name)
        if not usable and stand_in is not None and stand_in.provider in self._providers:
            usable = [(1, stand_in)]
        if not usable:
            if name != model and all(self._prices.price_of(one.provider, model) is None for one in config.targets):
                # A pattern takes names that no provider knows too; a price tells that somebody knew the model.
                raise ModelNotFound(
                    f"there is no model {model!r} that is known here: the pattern {name!r} takes the name, but no"
                    " provider behind it has a key, and no price is set for the model",
                    remedy=LISTED,
                )
            raise NoProviderKey(
                f"no provider of the model {model!r} has a key here", remedy="ask for another model, or have a key set"
            )
        targets = [
            target for at, one in usable if (target := self._target(one, model, dialect, at, route=config)) is not None
        ]
        if not targets:
            raise self._not_in_this_dialect(model, dialect, [one for _, one in usable])
        cheaper = None
        if config.cheaper is not None and config.cheaper.provider in self._providers:
            cheaper = self._target(config.cheaper, model, dialect, 0, route=config)
        return Route(name, config, tuple(sorted(targets, key=lambda target: target.rank)), cheaper)

    def _not_in_this_dialect(self, model: str, dialect: Dialect, usable: list[TargetConfig]) -> NotInThisDialect:
        paths = [
            WIRES[other].path
            for other in Dialect
            if any(_reach(self._providers[one.provider], other) is not None for one in usable)
        ]
        return NotInThisDialect(
            f"the model {model!r} is served here, but not to requests that are sent to {WIRES[dialect].path}",
            remedy=f"send it to {' or '.join(paths)}, or ask for another model",
        )

    def _find(self, model: str) -> tuple[str, RouteConfig]:
        if model in self._config.routes:
            return model, self._config.routes[model]
        for name, config in self._config.routes.items():
            if "*" in name and fnmatchcase(model, name):
                return name, config
        raise ModelNotFound(f"there is no model {model!r}", remedy=LISTED)

    def _target(
        self, config: TargetConfig, asked: str, dialect: Dialect, place: int, *, route: RouteConfig
    ) -> Target | None:
        """None where the provider is not reached from the dialect."""
        reached = _reach(self._providers[config.provider], dialect)
        if reached is None:
            return None
        provider, between = reached
        model = asked if config.model == "*" else config.model
        price = self._prices.price_of(config.provider, model) or self._prices.ceiling_of(config)
        if price is None:
            remedy = "the operator adds one under [[prices]], or a ceiling to the model's target"
            raise Unpriced(f"the model {model!r} has no price in the gateway's files", remedy=remedy)
        settings = self._config.providers[config.provider]
        return Target(
            provider=provider,
            model=model,
            price=price,
            breaker=self._breakers.breaker(config.provider, model, settings.breaker),
            translation=between,
            rank=place if config.rank is None else config.rank,
            weight=config.weight,
            uncritical_only=config.uncritical_only,
            on_disconnect=settings.on_disconnect,
            most_drains=settings.most_drains,
            default_output=_default_output(route, price),
            fields=frozenset(settings.fields),
            region=settings.region,
        )


def _default_output(route: RouteConfig, price: Price) -> int:
    """The route's, where it sets one, but never above the model's own."""
    known = [most for most in (route.max_output_tokens, price.maximums.output) if most is not None]
    return min(known, default=DEFAULT_OUTPUT)


def _reach(spoken: Mapping[Dialect, Provider], dialect: Dialect) -> tuple[Provider, Translation | None] | None:
    """The provider in this dialect, else in the first one to which a translation leads."""
    if dialect in spoken:
        return spoken[dialect], None
    for other in Dialect:
        if other in spoken and (between := translation(dialect, other)) is not None:
            return spoken[other], between
    return None
