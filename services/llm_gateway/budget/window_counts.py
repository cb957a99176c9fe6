"""One window of a scope as its field in Redis has it; common.lua describes the form."""

import msgspec

from llm_gateway.budget.scopes import Amount

TOTAL = "total"
"""The label of the window that never ends."""
_NOTHING = Amount(0, 0)


class WindowCounts(msgspec.Struct, frozen=True):
    """What is committed and held in the window that `label` names; the empty label where nothing was counted yet."""

    label: str = ""
    committed: Amount = _NOTHING
    held: Amount = _NOTHING

    @classmethod
    def read(cls, field: bytes | str | None) -> "WindowCounts":
        """From the field, which a scope that was never counted does not have."""
        if field is None:
            return cls()
        label, *counts = (field.decode() if isinstance(field, bytes) else field).split(" ")
        tokens, nano_usd, held_tokens, held_nano_usd = map(int, counts)
        return cls(label, Amount(tokens, nano_usd), Amount(held_tokens, held_nano_usd))

    def written(self) -> str:
        amounts = (self.committed.tokens, self.committed.nano_usd, self.held.tokens, self.held.nano_usd)
        return " ".join((self.label, *map(str, amounts)))
