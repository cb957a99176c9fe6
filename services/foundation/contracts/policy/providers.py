"""Which providers of models a tenant's calls may go to, and in which regions: a list of what is allowed."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from foundation.contracts.accepted.distinct import distinct
from foundation.contracts.accepted.sentences import WrittenAs
from foundation.contracts.message import Message

MAX_ALLOWED = 100

RegionName = Annotated[
    str,
    WrittenAs(
        r"^[a-z0-9][a-z0-9._-]{0,62}$",
        "a name begins with a letter from a to z or a digit, and has such letters, digits, `.`, `_` and `-`, 63 in all",
    ),
]
"""Of a region, and of a provider."""
_Names = Annotated[list[RegionName], Field(max_length=MAX_ALLOWED), AfterValidator(distinct)]


class ProviderPolicy(BaseModel):
    """None allows every provider, or every region; an empty list allows none.

    A region is what the operator has declared for a provider. With a list of regions a provider that has none declared
    is not allowed.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra={"examples": [{"providers": ["anthropic"], "regions": ["eu"]}]}
    )

    providers: _Names | None = Field(default=None, description="by the names that the gateway's files give them")
    regions: _Names | None = Field(default=None, description="by the names that the gateway's files give them")

    def allows(self, provider: str, region: str | None) -> bool:
        return (self.providers is None or provider in self.providers) and (
            self.regions is None or region in self.regions
        )

    def in_words(self) -> str:
        """What it allows, as a part of a sentence."""
        return f"{_listed(self.providers, 'provider')} in {_listed(self.regions, 'region')}"


def _listed(names: Sequence[str] | None, what: str) -> str:
    if names is None:
        return f"every {what}"
    return f"the {what}s {', '.join(names)}" if names else f"no {what}"


class ProviderRules(Message):
    """What the tenant allows itself, and what an operator allows the tenant: a call goes only where both let it."""

    own: ProviderPolicy = ProviderPolicy()
    bounds: ProviderPolicy = ProviderPolicy()

    def allows(self, provider: str, region: str | None) -> bool:
        return self.own.allows(provider, region) and self.bounds.allows(provider, region)

    def in_words(self) -> str:
        told = []
        if self.own != ProviderPolicy():
            told.append(f"the tenant's provider policy allows {self.own.in_words()}")
        if self.bounds != ProviderPolicy():
            told.append(f"the operator's bounds allow {self.bounds.in_words()}")
        return ", and ".join(told)

    @classmethod
    def of_settings(cls, settings: Mapping[str, Any]) -> Self | None:
        """As a tenant's settings have them; None where nothing is limited. What cannot be read allows nothing."""
        try:
            bounds = (settings.get("operator_bounds") or {}).get("providers")
            own = settings.get("providers")
            if own is None and bounds is None:
                return None
            return cls.model_validate({"own": own or {}, "bounds": bounds or {}})
        except (ValidationError, AttributeError):
            return cls(own=ProviderPolicy(providers=[]))


NOT_ALLOWED = "provider_not_allowed"
"""The code of a refusal, at the gateway and in an estimate."""
