"""What this gateway has admitted without Redis, by scope: the most by which it may have passed a limit there."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from llm_gateway.budget.limits.scopes import Amount
from llm_gateway.budget.reservation import Reservation


@dataclass(slots=True)
class _Charge:
    """An attempt's share; `counted_at` is its place in the order in which Redis counted them, None until then."""

    scopes: set[str]
    amount: Amount
    counted_at: int | None = None


class LocalTally:
    """An amount stays until Redis has counted it and has then admitted a call in the scope: it is within limits."""

    def __init__(self) -> None:
        self._charges: dict[UUID, _Charge] = {}
        self._sums: dict[str, Amount] = {}
        self._counted = 0

    def fits(self, reservation: Reservation, share: Amount) -> bool:
        """Whether the bound and all that is tallied stay within a share, in each scope."""
        sums = [self._sums.get(scope.key, Amount(0, 0)) for scope in reservation.scopes]
        tokens = max(one.tokens for one in sums) + reservation.bound_tokens
        nano_usd = max(one.nano_usd for one in sums) + reservation.bound_nano_usd
        return tokens <= share.tokens and nano_usd <= share.nano_usd

    def add(self, reservation: Reservation) -> None:
        charge = _Charge(set(reservation.scope_names), Amount(0, 0))
        self._charges[reservation.reservation_id] = charge
        self._change(charge, Amount(reservation.bound_tokens, reservation.bound_nano_usd))

    def settled(self, reservation_id: UUID, used: Amount) -> None:
        if (charge := self._charges.get(reservation_id)) is not None:
            self._change(charge, used)

    def counted(self, reservation_id: UUID) -> None:
        """Redis has the charge."""
        charge = self._charges.get(reservation_id)
        if charge is not None and charge.counted_at is None:
            self._counted += 1
            charge.counted_at = self._counted

    def moment(self) -> int:
        """To be taken before Redis is asked for a reservation: what was counted by then, its answer knows of."""
        return self._counted

    def within_limits(self, scopes: Iterable[str], moment: int) -> None:
        """Redis has admitted a call that was asked for at this moment."""
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
            now = self._sums.get(key, Amount(0, 0))
            self._sums[key] = Amount(now.tokens + amount.tokens, now.nano_usd + amount.nano_usd)
        charge.amount = amount

    def _subtract(self, key: str, amount: Amount) -> None:
        now = self._sums.pop(key, Amount(0, 0))
        left = Amount(now.tokens - amount.tokens, now.nano_usd - amount.nano_usd)
        if left != Amount(0, 0):
            self._sums[key] = left
