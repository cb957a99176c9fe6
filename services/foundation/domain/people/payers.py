"""Who pays for a run: in whose budgets and limits its calls count."""

from dataclasses import dataclass

from foundation.domain.ids import ApiKeyId, UserId


@dataclass(frozen=True, slots=True)
class Payer:
    """The user, and the key if one was used, who asked for a run, or were the last to ask for it anew."""

    user_id: UserId | None = None
    api_key_id: ApiKeyId | None = None


NOBODY = Payer()
