"""Kill switches as the API takes and shows them."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from control_plane.requests.texts import SHOWN_LINES
from foundation.storage.limits.kill_switches import MAX_REASON, EngagedSwitch

Reason = Annotated[str, Field(min_length=1, max_length=MAX_REASON), SHOWN_LINES]


class KillSwitchChange(BaseModel):
    """`engaged: true` stops everything and says why; `engaged: false` has it go on."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"engaged": True, "reason": "a key has leaked"}]}
    )

    engaged: bool = Field(strict=True)
    reason: Reason | None = Field(default=None, description="required to engage it; everybody who is refused reads it")

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if self.engaged and self.reason is None:
            raise ValueError("say why it is engaged: everybody who is refused reads the reason")
        if not self.engaged and self.reason is not None:
            raise ValueError("a switch that is lifted has no reason")
        return self


class KillSwitchView(BaseModel):
    """A switch; what stands behind `engaged` is null while it is not."""

    engaged: bool
    reason: str | None
    engaged_by: str | None
    engaged_at: datetime | None

    @classmethod
    def of(cls, switch: EngagedSwitch | None) -> Self:
        if switch is None:
            return cls(engaged=False, reason=None, engaged_by=None, engaged_at=None)
        return cls(engaged=True, reason=switch.reason, engaged_by=switch.engaged_by, engaged_at=switch.engaged_at)

    def own(self) -> dict[str, Any]:
        """What a change replaces."""
        return self.model_dump(mode="json", include=set(KillSwitchView.model_fields))


class PlatformSwitchView(BaseModel):
    """The platform's switch as tenants see it: who engaged it is the platform's matter."""

    engaged: bool
    reason: str | None
    engaged_at: datetime | None


class TenantSwitchView(KillSwitchView):
    """A tenant's switch, and beside it the platform's, which stops the tenant as well."""

    platform: PlatformSwitchView

    @classmethod
    def beside(cls, own: EngagedSwitch | None, platforms: EngagedSwitch | None) -> Self:
        shown = PlatformSwitchView(
            engaged=platforms is not None,
            reason=platforms.reason if platforms else None,
            engaged_at=platforms.engaged_at if platforms else None,
        )
        return cls.model_validate({**KillSwitchView.of(own).model_dump(), "platform": shown})
