"""Ends a plain answer: its usage is settled and its answer stored before a byte of it leaves."""

from llm_gateway.exchange.failures import UpstreamFailed, malformed
from llm_gateway.exchange.usage import Usage
from llm_gateway.replays.vault import StoredAnswer
from llm_gateway.stages.budget_headers import answer_headers, budget_headers
from llm_gateway.stages.call import OpenedAnswer, PlainAnswer
from llm_gateway.stages.ending.answer_keeper import AnswerKeeper
from llm_gateway.stages.ending.settler import AttemptOutcome, Settler, outcome_of_failure

_JSON = "application/json"


class PlainFinisher:
    def __init__(self, settle: Settler, keep: AnswerKeeper) -> None:
        self._settle = settle
        self._keep = keep

    async def __call__(self, opened: OpenedAnswer) -> PlainAnswer:
        attempt = opened.attempt
        try:
            usage = attempt.target.provider.usage_of(opened.body)
            body = _in_the_callers_words(opened)
        except UpstreamFailed as failure:
            opened.permit.failed()
            await self._settle(attempt, outcome_of_failure(failure))
            raise
        opened.permit.succeeded()
        answer = StoredAnswer(200, _JSON, body, answer_headers(attempt))
        await self._keep(attempt, _outcome(opened, usage), answer)
        return PlainAnswer(answer.status, answer.content_type, answer.body, budget_headers(attempt))

    async def charge(self, opened: OpenedAnswer) -> None:
        """Settle an answer that nobody gets."""
        try:
            usage = opened.attempt.target.provider.usage_of(opened.body)
        except UpstreamFailed as failure:
            opened.permit.failed()
            await self._settle(opened.attempt, outcome_of_failure(failure))
            return
        opened.permit.succeeded()
        await self._settle(opened.attempt, _outcome(opened, usage))


def _outcome(opened: OpenedAnswer, usage: Usage | None) -> AttemptOutcome:
    return AttemptOutcome(
        status="succeeded",
        usage=usage,
        http_status=200,
        provider_request_id=opened.answer.request_id,
        first_token_seconds=opened.first_token_seconds,
    )


def _in_the_callers_words(opened: OpenedAnswer) -> bytes:
    translation = opened.attempt.target.translation
    if translation is None:
        return opened.body
    try:
        return translation.whole(opened.body, asked=opened.attempt.call.plan.asked)
    except ValueError as error:
        raise malformed() from error
