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
    """Settles plain answers, stores those of calls with a key, and makes what the caller gets."""

    def __init__(self, settler: Settler, keeper: AnswerKeeper) -> None:
        self._settler = settler
        self._keeper = keeper

    async def finish(self, opened: OpenedAnswer) -> PlainAnswer:
        """The answer that may leave; `UpstreamFailed` when it cannot be read, after its attempt was settled."""
        attempt = opened.attempt
        try:
            usage = attempt.target.provider.usage_of(opened.body)
            body = _translate_body(opened)
        except UpstreamFailed as failure:
            opened.permit.report_failure()
            await self._settler.settle(attempt, outcome_of_failure(failure))
            raise
        opened.permit.report_success()
        answer = StoredAnswer(200, _JSON, body, answer_headers(attempt))
        await self._keeper.settle_and_keep(attempt, _outcome(opened, usage), answer)
        return PlainAnswer(answer.status, answer.content_type, answer.body, budget_headers(attempt))

    async def charge(self, opened: OpenedAnswer) -> None:
        """Settle an answer that no caller gets."""
        try:
            usage = opened.attempt.target.provider.usage_of(opened.body)
        except UpstreamFailed as failure:
            opened.permit.report_failure()
            await self._settler.settle(opened.attempt, outcome_of_failure(failure))
            return
        opened.permit.report_success()
        await self._settler.settle(opened.attempt, _outcome(opened, usage))


def _outcome(opened: OpenedAnswer, usage: Usage | None) -> AttemptOutcome:
    return AttemptOutcome(
        status="succeeded",
        usage=usage,
        http_status=200,
        provider_request_id=opened.answer.request_id,
        first_token_seconds=opened.first_token_seconds,
    )


def _translate_body(opened: OpenedAnswer) -> bytes:
    translation = opened.attempt.target.translation
    if translation is None:
        return opened.body
    try:
        return translation.whole(opened.body, asked=opened.attempt.call.plan.asked)
    except ValueError as error:
        raise malformed() from error
