"""What a run token says: which step of which run asks for a model, under which lease and which caps."""

from uuid import UUID

from pydantic import Field

from foundation.contracts.message import Message


class Caps(Message):
    """Limits of one scope; None means that this scope sets none."""

    tokens: int | None = Field(default=None, ge=0)
    nano_usd: int | None = Field(default=None, ge=0)


class ScopeCaps(Message):
    run: Caps = Caps()
    step: Caps = Caps()


class RunClaims(Message):
    """The private claims of a run token (EdDSA JWT, aud=llm_gateway, sub=run, at most 10 minutes)."""

    tenant_id: UUID
    user_id: UUID | None
    run_id: UUID
    step_id: UUID
    generation: int = Field(ge=1)
    fence: int = Field(ge=1)
    caps: ScopeCaps = ScopeCaps()
