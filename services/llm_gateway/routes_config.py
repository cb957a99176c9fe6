"""The routes file: providers, routes and prices, typed and checked before anything is served from it."""

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

PositiveSeconds = Annotated[float, Field(gt=0, le=3600)]
Dollars = Annotated[Decimal, Field(ge=0, le=1_000_000, max_digits=16, decimal_places=9)]


class RoutesFileInvalid(Exception):
    """The file cannot be served from; says where and why."""


class _Config(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TimeoutsConfig(_Config):
    """Seconds: to connect, to the first token of a stream, between two chunks, and for all attempts together."""

    connect: PositiveSeconds = 5
    first_token: PositiveSeconds = 60
    idle: PositiveSeconds = 60
    total: PositiveSeconds = 300


class BreakerConfig(_Config):
    failures: int = Field(default=5, ge=1, description="failures in a row that open it")
    open_seconds: PositiveSeconds = 20
    successes: int = Field(default=2, ge=1, description="trial calls that must succeed to close it")
    trials: int = Field(default=2, ge=1, description="trial calls at a time")


class ProviderConfig(_Config):
    adapter: Literal["openai", "local", "anthropic"]
    base_url: str
    messages_url: str | None = Field(
        default=None, description="base URL of Anthropic's messages, where the provider speaks them beside its own wire"
    )
    needs_key: bool = False
    secret: str | None = Field(default=None, description="name of the key's secret in Secrets Manager")
    prices: Literal["genai-prices", "file"] = "file"
    usage_report: str | None = None
    report_complete_after_minutes: int = Field(
        default=1440, ge=0, description="age from which an attempt that the report does not name was never billed"
    )
    timeouts: TimeoutsConfig = TimeoutsConfig()
    breaker: BreakerConfig = BreakerConfig()


class TargetConfig(_Config):
    provider: str
    model: str


class RouteConfig(_Config):
    targets: tuple[TargetConfig, ...] = ()
    stand_in: TargetConfig | None = None
    max_output_tokens: int = Field(default=4096, ge=1, le=1_000_000, description="asked for when the caller names none")
    attempts: int = Field(default=3, ge=1, le=10)

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Self:
        if not self.targets and self.stand_in is None:
            raise ValueError("a route needs a target")
        return self


class PriceConfig(_Config):
    """Dollars a million tokens; images are refused unless `max_tokens_per_image` declares what one takes at most."""

    provider: str
    model: str
    input: Dollars
    cached_input: Dollars | None = None
    cache_write: Dollars | None = None
    cache_write_1h: Dollars | None = None
    output: Dollars
    max_tokens_per_image: int | None = Field(default=None, ge=1)


class RoutesFile(_Config):
    version: str = Field(min_length=1, max_length=64)
    providers: dict[str, ProviderConfig]
    routes: dict[str, RouteConfig]
    prices: tuple[PriceConfig, ...] = ()

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        for name, route in self.routes.items():
            for target in [*route.targets, *([route.stand_in] if route.stand_in else [])]:
                if target.provider not in self.providers:
                    raise ValueError(f"routes.{name}: there is no provider {target.provider!r}")
        for price in self.prices:
            if price.provider not in self.providers:
                raise ValueError(f"prices: there is no provider {price.provider!r}")
        return self


def load_routes(path: Path, *, placeholders: dict[str, str]) -> RoutesFile:
    """Read and check a routes file; `{name}` in it becomes the placeholder's value."""
    text = path.read_text(encoding="utf-8")
    for name, value in placeholders.items():
        text = text.replace("{" + name + "}", value.rstrip("/"))
    try:
        return RoutesFile.model_validate(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise RoutesFileInvalid(f"{path}: {error}") from error
