"""What stands in the gateway's files: providers, routes, prices and limits, typed and bounded."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from foundation.contracts.accepted.sentences import WrittenAs
from foundation.contracts.gateway.ledger import Dialect
from foundation.contracts.gateway.rate_limits import RateLimits
from foundation.contracts.policy.providers import RegionName

PositiveSeconds = Annotated[float, Field(gt=0, le=3600)]
Dollars = Annotated[Decimal, Field(ge=0, le=1_000_000, max_digits=16, decimal_places=9)]


class _Config(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TimeoutsConfig(_Config):
    """Seconds: to connect, to the first token of a stream, between two chunks, and for all attempts together."""

    connect: PositiveSeconds = 5
    first_token: PositiveSeconds = 60
    idle: PositiveSeconds = 60
    total: PositiveSeconds = 300


class BreakerConfig(_Config):
    """When a target's breaker opens, for how long, and what closes it again."""

    failures: int = Field(default=5, ge=1, description="failures in a row that open it")
    error_rate: float = Field(default=0.5, gt=0, le=1, description="share of failures in the window that opens it")
    minimum_calls: int = Field(default=20, ge=1, description="calls in the window below which no share counts")
    window_seconds: PositiveSeconds = 30
    rate_limited: int = Field(default=3, ge=1, description="429s in a row that open it, for as long as they ask")
    open_seconds: PositiveSeconds = 20
    successes: int = Field(default=2, ge=1, description="trial calls that must succeed to close it")
    trials: int = Field(default=2, ge=1, description="trial calls at a time, of all gateways together")


class OnDisconnect(StrEnum):
    """What becomes of an answer whose caller has left: where an abort does not stop the bill, it is read to its end."""

    DRAIN = "drain"
    ABORT = "abort"


Variable = Annotated[
    str, WrittenAs(r"^[A-Z_][A-Z0-9_]*$", "a variable's name has capital letters, digits and _, as in PROVIDER_KEY")
]


class KeyReference(_Config):
    """Where a provider's key is found; it never stands in the file itself."""

    env: Variable | None = Field(
        default=None,
        description="an environment variable of the gateway; where it is set, even to nothing, the secret is not read",
    )
    secret: str | None = Field(default=None, min_length=1, description="the name of a secret in Secrets Manager")

    @model_validator(mode="after")
    def _names_a_place(self) -> Self:
        if self.env is None and self.secret is None:
            raise ValueError("a key is found by `env`, by `secret`, or by the first of both that is set")
        return self


_OWN_DIALECTS = {"openai": Dialect.CHAT, "openai-compatible": Dialect.CHAT, "anthropic": Dialect.MESSAGES}


class ProviderConfig(_Config):
    """One provider: where it is, what it speaks, how its key is found, and how patient the gateway is with it."""

    adapter: Literal["openai", "openai-compatible", "anthropic"] | None = Field(
        default=None, description="the vendor, or `openai-compatible`; absent: it speaks what `speaks` and `urls` name"
    )
    base_url: str
    speaks: tuple[Dialect, ...] = Field(
        default=(), description="dialects that it speaks at `base_url` beside that of its adapter"
    )
    urls: dict[Dialect, str] = Field(
        default_factory=dict, description="base URLs of further dialects that it speaks elsewhere"
    )
    region: RegionName | None = Field(
        default=None,
        description="where it keeps and processes what it is sent; tenants may allow some regions alone",
    )
    key: KeyReference | None = Field(
        default=None, description="where its key is; without a key there it is passed over; absent: it takes none"
    )
    limit_name: Literal["max_tokens", "max_completion_tokens"] | None = Field(
        default=None,
        description="what its chat completions call the limit of an answer; by default max_completion_tokens of the"
        " adapter `openai`, and max_tokens of every other server",
    )
    fields: tuple[str, ...] = Field(
        default=(), description="fields of a request, beyond those known to the gateway, that it takes free of cost"
    )
    prices: Literal["genai-prices", "file"] = "file"
    usage_report: str | None = None
    report_complete_after_minutes: int = Field(
        default=1440, ge=0, description="age from which an attempt that the report does not name was never billed"
    )
    on_disconnect: OnDisconnect = OnDisconnect.DRAIN
    most_drains: int = Field(
        default=200, ge=0, description="answers read to their end for nobody at a time; more are aborted"
    )
    timeouts: TimeoutsConfig = TimeoutsConfig()
    breaker: BreakerConfig = BreakerConfig()

    def base_urls(self) -> dict[Dialect, str]:
        """Of each dialect that it speaks, the adapter's own first."""
        return {**dict.fromkeys(self._spoken_at_base_url(), self.base_url), **self.urls}

    def _spoken_at_base_url(self) -> tuple[Dialect, ...]:
        own = () if self.adapter is None else (_OWN_DIALECTS[self.adapter],)
        return (*own, *self.speaks)

    @model_validator(mode="after")
    def _each_dialect_has_one_url(self) -> Self:
        if not self.base_urls():
            raise ValueError("no dialect is named: give `adapter`, or list dialects in `speaks` or `urls`")
        for dialect in self.urls:
            if dialect in self._spoken_at_base_url():
                raise ValueError(f"{dialect.value!r} is spoken at base_url already; leave it out of `urls`")
        return self


class CeilingConfig(_Config):
    """Dollars a million tokens that a model without a price costs at most."""

    input: Dollars
    output: Dollars


class TargetConfig(_Config):
    """One model of one provider on a route."""

    provider: str
    model: str
    rank: int | None = Field(
        default=None, ge=1, description="lower ranks are tried first; without one, the place in the list"
    )
    weight: int = Field(default=1, ge=1, le=1000, description="share of the calls among targets of one rank")
    uncritical_only: bool = Field(default=False, description="serves only calls that say that they are not critical")
    ceiling: CeilingConfig | None = Field(default=None, description="used where nobody has said what the model costs")


class AfterFirstByte(StrEnum):
    """What a stream that breaks does: end in an error event, or begin again while nothing of it has left."""

    FAIL = "fail"
    RESTART_IF_BUFFERED = "restart-if-buffered"


class RouteConfig(_Config):
    """What the name of a model means here: the targets, and the rules by which they are tried."""

    targets: tuple[TargetConfig, ...] = Field(min_length=1)
    cheaper: TargetConfig | None = Field(
        default=None, description="tried first by callers who have spent four fifths of a budget"
    )
    max_output_tokens: int | None = Field(
        default=None, ge=1, le=1_000_000, description="asked for when the caller names none, before the model's own"
    )
    attempts: int = Field(default=3, ge=1, le=10)
    hedge_after_seconds: PositiveSeconds | None = Field(
        default=None, description="a second attempt beside one that has not begun to answer, if it is funded at once"
    )
    after_first_byte: AfterFirstByte = AfterFirstByte.FAIL
    buffer_bytes: int = Field(default=64 * 1024, ge=1, le=16 * 1024 * 1024, description="kept back at most")
    buffer_seconds: PositiveSeconds = Field(default=5, description="kept back for at most, from the first event on")

    def all_targets(self) -> list[TargetConfig]:
        return [*self.targets, *([self.cheaper] if self.cheaper is not None else [])]


class MostConfig(_Config):
    """The most that a model takes for what its text does not tell; what is not declared is refused."""

    provider: str
    model: str
    max_tokens_per_image: int | None = Field(default=None, ge=1, le=1_000_000)
    max_tokens_per_document: int | None = Field(
        default=None, ge=1, le=10_000_000, description="of one PDF, whatever its size; with a rate, what comes on top"
    )
    max_tokens_per_document_kib: int | None = Field(
        default=None, ge=1, le=1_000_000, description="for each KiB of a PDF; documents behind links are refused then"
    )
    max_output_tokens: int | None = Field(
        default=None, ge=1, le=1_000_000, description="what an answer has at most where its caller names no limit"
    )


class PriceConfig(MostConfig):
    """Dollars a million tokens, and the most that the model takes."""

    input: Dollars
    cached_input: Dollars | None = None
    cache_write: Dollars | None = None
    cache_write_1h: Dollars | None = None
    output: Dollars


class SearchConfig(_Config):
    """What a search that the provider runs costs; where nothing stands here, Responses leave the tool out."""

    provider: str
    model: str
    dollars_per_call: Dollars
    max_tokens_per_call: int = Field(ge=1, le=10_000_000, description="that the results of one search have at most")
    most_calls: int = Field(default=3, ge=1, le=100, description="asked for as max_tool_calls when the caller has none")


class GatewayPart(_Config):
    """The members of one file; several make a configuration, and every name stands in one of them."""

    version: str | None = Field(
        default=None,
        min_length=1,
        max_length=64,
        description="of the prices in this file; events of the ledger name the versions of all files, joined by +",
    )
    providers: dict[str, ProviderConfig] = Field(default={})
    routes: dict[str, RouteConfig] = Field(default={})
    stand_ins: dict[str, TargetConfig] = Field(
        default={}, description="by route: what serves it while no provider of its targets has a key, and only then"
    )
    prices: tuple[PriceConfig, ...] = ()
    models: tuple[MostConfig, ...] = Field(
        default=(), description="the most that models take whose price table is a package's, which does not say so"
    )
    searches: tuple[SearchConfig, ...] = ()
    limits: RateLimits = Field(
        default=RateLimits(), description="changes to the shipped limits of every tenant, user and key"
    )


class GatewayFile(GatewayPart):
    """All files together; of patterns that match one model, the one with the most letters stands first."""

    version: str
