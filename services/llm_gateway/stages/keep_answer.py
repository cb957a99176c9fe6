"""Stores an answer for replay and settles its attempt, in this order: a stored answer is never paid for twice."""

from msgspec.structs import replace

from foundation.domain.errors import LockstepError
from llm_gateway.call import Attempt
from llm_gateway.replay import AnswerVault, RecordedAnswer
from llm_gateway.stages.refused import CallInProgress
from llm_gateway.stages.settle import Outcome, Settle


async def keep_answer(
    vault: AnswerVault, settle: Settle, attempt: Attempt, outcome: Outcome, answer: RecordedAnswer
) -> None:
    """Raises when the answer may not leave: it could not be stored, or the call has got another one meanwhile."""
    call = attempt.call
    if call.replayable is None:
        await settle(attempt, outcome)
        return
    try:
        first = await vault.store(
            call.caller.tenant_id,
            call.replayable.call_key,
            fingerprint=call.replayable.fingerprint,
            event_id=attempt.reservation.reservation_id,
            answer=answer,
            remembered_for=call.replayable.remembered_for,
        )
    except LockstepError:
        await settle(attempt, outcome)
        raise
    await settle(attempt, replace(outcome, answer_stored=True))
    if not first:
        raise CallInProgress("the call has another answer, which will be replayed", retry_after=0.1)
