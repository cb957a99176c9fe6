"""Stores an answer for replay and then settles its attempt, so that a repeat finds the answer and is not charged."""

import asyncio

import msgspec
from msgspec.structs import replace

from foundation.contracts.gateway.ledger import Dialect
from foundation.domain.errors import DatabaseUnavailable, LockstepError
from foundation.telemetry.retries import with_tries
from llm_gateway.items.answered import Item, items_of_body, items_of_ending, weights_only
from llm_gateway.items.store import KeptItems
from llm_gateway.refusals.refusal_errors import CallInProgress
from llm_gateway.replays.vault import AnswerVault, StoredAnswer
from llm_gateway.stages.call import Attempt
from llm_gateway.stages.ending.settler import AttemptOutcome, Settler

_ABSENT = msgspec.Raw()
_STORE_TRIES, _STORE_PAUSE_SECONDS = 5, 0.2
"""Three seconds in all, in which PostgreSQL may be started anew or hand over to a stand-by."""


class AnswerKeeper:
    """Settles an answer, and stores it and its items where its caller may ask for them again."""

    def __init__(
        self,
        settler: Settler,
        vault: AnswerVault,
        kept_items: KeptItems,
        *,
        pause_seconds: float = _STORE_PAUSE_SECONDS,
    ) -> None:
        """`pause_seconds` is the pause before an answer is stored again; it doubles each time."""
        self._settler = settler
        self._vault = vault
        self._kept_items = kept_items
        self._pause_seconds = pause_seconds

    async def settle_and_keep(
        self, attempt: Attempt, outcome: AttemptOutcome, answer: StoredAnswer, *, ending: bytes = b""
    ) -> None:
        """Returns when the answer may leave; `ending` is the last event of a stream.

        Raises a `LockstepError` when it may not: it could not be stored, or another answer was stored first.
        """
        if items := _items(attempt, outcome, answer, ending):
            # together with the settlement, so that it adds no time; the caller may name the items in its next request
            keeping = self._kept_items.keep(attempt.call.caller.tenant_id, items)
            await asyncio.gather(self._store_and_settle(attempt, outcome, answer), keeping)
        else:
            await self._store_and_settle(attempt, outcome, answer)

    async def _store_and_settle(self, attempt: Attempt, outcome: AttemptOutcome, answer: StoredAnswer) -> None:
        call = attempt.call
        if call.identity is None:
            await self._settler.settle(attempt, outcome)
            return
        identity = call.identity

        async def store() -> bool:
            return await self._vault.store(
                call.caller.tenant_id,
                identity.call_key,
                fingerprint=identity.fingerprint,
                event_id=attempt.reservation.reservation_id,
                answer=answer,
                remembered_for=identity.remembered_for,
            )

        try:
            # The answer is paid. While PostgreSQL is away for a moment it is worth the wait: it would be paid again.
            first = await with_tries(
                store, on=(DatabaseUnavailable,), attempts=_STORE_TRIES, pause_seconds=self._pause_seconds
            )
        except LockstepError:
            await self._settler.settle(attempt, outcome)
            raise
        await self._settler.settle(attempt, replace(outcome, answer_stored=True))
        if not first:
            raise CallInProgress("another attempt at this call was answered first", retry_after=0.1)


def _items(attempt: Attempt, outcome: AttemptOutcome, answer: StoredAnswer, ending: bytes) -> list[Item]:
    request = attempt.call.request
    if request.dialect is not Dialect.RESPONSES:
        return []
    usage = outcome.usage
    items = items_of_ending(ending, usage) if ending else items_of_body(answer.body, usage)
    return weights_only(items) if bytes(request.fields.get("store", _ABSENT)) == b"false" else items
