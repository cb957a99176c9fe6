"""Sums up by scope what this gateway has admitted without Redis, which is the most that limits can be exceeded by."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from foundation.domain.money import NOTHING, Amount
from llm_gateway.budget.reservation import Reservation


@dataclass(slots=True)
class _Charge:
    """What one attempt adds; `counted_at` numbers the charges in the order in which Redis counted them."""

    scopes: set[str]
    amount: Amount
    counted_at: int | None = None


class LocalTally:
    """Charges by attempt.

    A charge is kept until Redis has counted it and has afterwards admitted a call in the same scope: that call proves
    that the scope is within its limits with the charge in it.
    """

    def __init__(self) -> None:
        self._charges: dict[UUID, _Charge] = {}
        self._sums: dict[str, Amount] = {}
        self._counted = 0

    def fits(self, reservation: Reservation, allowance: Amount) -> bool:
        """Whether the bound and all that is tallied stay within the allowance, in each scope."""
        sums = [self._sums.get(scope.key, NOTHING) for scope in reservation.scopes]
        tokens = max(one.tokens for one in sums) + reservation.bound_tokens
        nano_usd = max(one.nano_usd for one in sums) + reservation.bound_nano_usd
        return tokens <= allowance.tokens and nano_usd <= allowance.nano_usd

    def add(self, reservation: Reservation) -> None:
        charge = _Charge(set(reservation.scope_names), NOTHING)
        self._charges[reservation.reservation_id] = charge
        self._change(charge, reservation.bound)

    def settle(self, reservation_id: UUID, used: Amount) -> None:
        if (charge := self._charges.get(reservation_id)) is not None:
            self._change(charge, used)

    def mark_counted(self, reservation_id: UUID) -> None:
        """Note that Redis has the charge."""
        charge = self._charges.get(reservation_id)
        if charge is not None and charge.counted_at is None:
            self._counted += 1
            charge.counted_at = self._counted

    def moment(self) -> int:
        """How many charges Redis has counted; read it before a reservation, whose answer takes account of them."""
        return self._counted

    def forget_within_limits(self, scopes: Iterable[str], moment: int) -> None:
        """Forget charges in scopes where Redis has admitted a call that was asked for at this moment."""
        if not self._charges:
            return
        admitted = set(scopes)
        for identity, charge in list(self._charges.items()):
            if charge.counted_at is None or charge.counted_at > moment:
                continue
            for key in charge.scopes & admitted:
                self._subtract(key, charge.amount)
            charge.scopes -= admitted
            if not charge.scopes:
                del self._charges[identity]

    def _change(self, charge: _Charge, amount: Amount) -> None:
        for key in charge.scopes:
            self._subtract(key, charge.amount)
            self._sums[key] = self._sums.get(key, NOTHING) + amount
        charge.amount = amount

    def _subtract(self, key: str, amount: Amount) -> None:
        left = self._sums.pop(key, NOTHING) - amount
        if left != NOTHING:
            self._sums[key] = left
