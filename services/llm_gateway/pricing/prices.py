"""What a model costs, in integers of nano-dollars a million tokens, with the version of the table that says so."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from fnmatch import fnmatchcase
from importlib.metadata import version

from genai_prices.data_snapshot import get_snapshot
from genai_prices.types import TieredPrices

from foundation.domain.money import NanoUsd, cost_of, nano_usd_at_least
from llm_gateway.configuration.file import GatewayFile, MostConfig, PriceConfig, TargetConfig
from llm_gateway.exchange.media import Media, MediaKind
from llm_gateway.exchange.request import CacheWrites
from llm_gateway.exchange.usage import Usage

_KIB = 1024


@dataclass(frozen=True, slots=True)
class TokenPrices:
    """Nano-dollars a million tokens, from a size of the input on."""

    from_input_tokens: int
    input: int
    cached_input: int
    cache_write: int
    output: int
    cache_write_1h: int | None = None

    @property
    def cache_write_hour(self) -> int:
        """What is kept for an hour; as every write to the cache, where it has no price of its own."""
        return self.cache_write if self.cache_write_1h is None else self.cache_write_1h

    def dearest_input(self, cache_writes: CacheWrites) -> int:
        writes = (self.input, self.cache_write, self.cache_write_hour)
        return max(self.cached_input, *writes[: cache_writes + 1])


@dataclass(frozen=True, slots=True)
class TokenMaximums:
    """The most tokens that a model takes for an image, a document (with a rate a KiB or without), and an answer."""

    image: int | None = None
    document: int | None = None
    document_kib: int | None = None
    output: int | None = None

    def of(self, media: Media) -> int | None:
        """None where nothing is declared that covers it."""
        if media.kind is MediaKind.IMAGE:
            return self.image
        if self.document_kib is None:
            return self.document
        if media.size is None:
            return None
        return (self.document or 0) + -(-media.size // _KIB) * self.document_kib


@dataclass(frozen=True, slots=True)
class SearchPrice:
    """What the provider asks for a search, and the tokens that its results have at most."""

    nano_usd: int
    tokens: int
    most_calls: int


@dataclass(frozen=True, slots=True)
class Price:
    """A model's prices by the size of its input, ascending; the first starts at 0."""

    version: str
    tiers: tuple[TokenPrices, ...]
    maximums: TokenMaximums = TokenMaximums()
    search: SearchPrice | None = None

    def cost(self, usage: Usage) -> NanoUsd:
        """The exact cost of known usage, rounded up once."""
        reached = [tier for tier in self.tiers if tier.from_input_tokens <= usage.input_tokens][-1]
        plain = usage.input_tokens - usage.cached_input_tokens - usage.cache_write_tokens
        searched = usage.searches * self.search.nano_usd if self.search is not None else 0
        tokens = cost_of(
            [
                (plain, reached.input),
                (usage.cached_input_tokens, reached.cached_input),
                (usage.cache_write_tokens - usage.cache_write_1h_tokens, reached.cache_write),
                (usage.cache_write_1h_tokens, reached.cache_write_hour),
                (usage.output_tokens, reached.output),
            ]
        )
        return NanoUsd(searched + tokens)

    def most(
        self, *, input_tokens: int, output_tokens: int, cache_writes: CacheWrites = CacheWrites.FIVE_MINUTES
    ) -> NanoUsd:
        """The most that a call of at most this size can cost, whichever tier and cache it meets."""
        reachable = [tier for tier in self.tiers if tier.from_input_tokens <= input_tokens]
        dearest_input = max(tier.dearest_input(cache_writes) for tier in reachable)
        dearest_output = max(tier.output for tier in reachable)
        return cost_of([(input_tokens, dearest_input), (output_tokens, dearest_output)])

    def least(self, *, input_tokens: int) -> NanoUsd:
        """The least that a call with at least so much input can cost: all of it cached, and an empty answer."""
        return cost_of([(input_tokens, min(min(tier.input, tier.cached_input) for tier in self.tiers))])


class PriceTable:
    """Prices by provider and model; None for a model that nobody has priced."""

    def __init__(self, routes: GatewayFile) -> None:
        self._file = routes.prices
        self._models = routes.models
        self._searches = routes.searches
        self._version = f"routes/{routes.version}"
        self._packaged = {name for name, provider in routes.providers.items() if provider.prices == "genai-prices"}
        self._known: dict[tuple[str, str], Price | None] = {}

    def price_of(self, provider: str, model: str) -> Price | None:
        """The price; what the package says today is kept until the files are read anew."""
        asked = (provider, model)
        if asked not in self._known:
            self._known[asked] = self._from_file(provider, model) or self._from_package(provider, model)
        return self._known[asked]

    def ceiling_of(self, target: TargetConfig) -> Price | None:
        """What a model without a price is charged, where its route declares a ceiling."""
        if target.ceiling is None:
            return None
        declared = target.ceiling
        tier = TokenPrices(
            from_input_tokens=0,
            input=nano_usd_at_least(declared.input),
            cached_input=nano_usd_at_least(declared.input),
            cache_write=nano_usd_at_least(declared.input),
            output=nano_usd_at_least(declared.output),
        )
        return Price(
            f"ceiling/{self._version}",
            (tier,),
            self._maximums(target.provider, target.model),
            self._search(target.provider, target.model),
        )

    def _maximums(self, provider: str, model: str) -> TokenMaximums:
        """What the file declares apart from a price."""
        matching = (one for one in self._models if one.provider == provider and fnmatchcase(model, one.model))
        return _declared_maximums(next(matching, None))

    def _search(self, provider: str, model: str) -> SearchPrice | None:
        for one in self._searches:
            if one.provider == provider and fnmatchcase(model, one.model):
                return SearchPrice(nano_usd_at_least(one.dollars_per_call), one.max_tokens_per_call, one.most_calls)
        return None

    def _from_file(self, provider: str, model: str) -> Price | None:
        for price in self._file:
            if price.provider == provider and fnmatchcase(model, price.model):
                return Price(
                    self._version, (_file_prices(price),), _declared_maximums(price), self._search(provider, model)
                )
        return None

    def _from_package(self, provider: str, model: str) -> Price | None:
        if provider not in self._packaged:
            return None
        known = next((known for known in get_snapshot().providers if known.id == provider), None)
        listed = known.find_model(model) if known else None
        if listed is None:
            return None
        prices = {
            name: value
            for name, value in vars(listed.get_prices(datetime.now(UTC))).items()
            if isinstance(value, Decimal | TieredPrices)
        }
        if "input_mtok" not in prices or "output_mtok" not in prices:
            return None
        starts = {0} | {
            tier.start for value in prices.values() if isinstance(value, TieredPrices) for tier in value.tiers
        }
        tiers = tuple(_package_prices(prices, start) for start in sorted(starts))
        return Price(
            f"genai-prices/{version('genai-prices')}",
            tiers,
            self._maximums(provider, model),
            self._search(provider, model),
        )


def _declared_maximums(declared: MostConfig | None) -> TokenMaximums:
    if declared is None:
        return TokenMaximums()
    return TokenMaximums(
        image=declared.max_tokens_per_image,
        document=declared.max_tokens_per_document,
        document_kib=declared.max_tokens_per_document_kib,
        output=declared.max_output_tokens,
    )


def _file_prices(price: PriceConfig) -> TokenPrices:
    return TokenPrices(
        from_input_tokens=0,
        input=nano_usd_at_least(price.input),
        cached_input=nano_usd_at_least(price.input if price.cached_input is None else price.cached_input),
        cache_write=nano_usd_at_least(price.input if price.cache_write is None else price.cache_write),
        output=nano_usd_at_least(price.output),
        cache_write_1h=None if price.cache_write_1h is None else nano_usd_at_least(price.cache_write_1h),
    )


def _package_prices(prices: dict[str, Decimal | TieredPrices], start: int) -> TokenPrices:
    def at(name: str, fallback: str) -> int:
        value = prices.get(name, prices[fallback])
        if isinstance(value, TieredPrices):
            reached = [tier.price for tier in value.tiers if tier.start <= start]
            value = reached[-1] if reached else value.base
        return nano_usd_at_least(value)

    return TokenPrices(
        from_input_tokens=start,
        input=at("input_mtok", "input_mtok"),
        cached_input=at("cache_read_mtok", "input_mtok"),
        cache_write=at("cache_write_mtok", "input_mtok"),
        output=at("output_mtok", "output_mtok"),
        cache_write_1h=_hour(prices, at),
    )


def _hour(prices: Mapping[str, object], at: Callable[[str, str], int]) -> int | None:
    """An hour in the cache; where the package knows writes but not this one, the vendor's rule: twice the input."""
    if "cache_write_1h_mtok" in prices:
        return at("cache_write_1h_mtok", "input_mtok")
    return 2 * at("input_mtok", "input_mtok") if "cache_write_mtok" in prices else None
