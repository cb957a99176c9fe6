"""Published configurations of the gateway as the API takes and shows them."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from control_plane.requests.texts import SHOWN_LINES
from foundation.domain.states import ConfigurationStatus
from foundation.storage.limits.gateway_configurations import MAX_DOCUMENT_BYTES, GatewayConfiguration

MAX_NOTE = 2000
MAX_VERSION = 2**31 - 1


def _of_bounded_size(document: str) -> str:
    size = len(document.encode())
    if size > MAX_DOCUMENT_BYTES:
        raise ValueError(f"it has {size} bytes, and at most {MAX_DOCUMENT_BYTES} are taken")
    return document


Note = Annotated[str, Field(min_length=1, max_length=MAX_NOTE), SHOWN_LINES]
Document = Annotated[str, Field(max_length=MAX_DOCUMENT_BYTES), AfterValidator(_of_bounded_size)]


class ProposeConfiguration(BaseModel):
    """A document in the form of the gateway's files; what it defines is served in place of what they define."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "document": '[routes.default]\ntargets = [{ provider = "anthropic", model = "claude-3-5-haiku" }]',
                    "note": "the default route moves to Anthropic while OpenAI is slow",
                }
            ]
        },
    )

    document: Document = Field(description="TOML without `version`, which is given; empty: the files alone")
    note: Note = Field(description="why, for who approves it and for who reads it later")


class Approve(BaseModel):
    """Why it is approved, if there is more to say than that it is."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "as in the contract"}]})

    reason: Note | None = None


class Reject(BaseModel):
    """Why it is not served; who proposed it takes it back with this."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "the price is last year's"}]})

    reason: Note


class ConfigurationView(BaseModel):
    """A version; `based_on` is the one that was served when it was proposed (null: the files alone)."""

    version: int
    status: ConfigurationStatus
    note: str
    based_on: int | None
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None = Field(description="of the decision")
    document: str

    @classmethod
    def of(cls, one: GatewayConfiguration) -> Self:
        return cls(**asdict(one))


class ConfigurationWhole(ConfigurationView):
    """A version with what it changes."""

    changes: str = Field(description="from the document that it is based on to its own, as a unified diff")

    @classmethod
    def with_changes(cls, one: GatewayConfiguration, changes: str) -> Self:
        return cls(**asdict(one), changes=changes)
