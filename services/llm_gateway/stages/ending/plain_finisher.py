"""Ends a plain answer: its usage is settled and its answer stored before a byte of it leaves."""

from llm_gateway.exchange.failures import UpstreamFailed, malformed
from llm_gateway.exchange.usage import Usage
from llm_gateway.replays.vault import RecordedAnswer
from llm_gateway.stages.budget_headers import answer_headers, budget_headers
from llm_gateway.stages.call import Opened, PlainAnswer
from llm_gateway.stages.ending.answer_keeper import KeepAnswer
from llm_gateway.stages.ending.settler import Outcome, Settle, failed

_JSON = "application/json"


class FinishPlain:
    def __init__(self, settle: Settle, keep: KeepAnswer) -> None:
        self._settle = settle
        self._keep = keep

    async def __call__(self, opened: Opened) -> PlainAnswer:
        attempt = opened.attempt
        try:
            usage = attempt.target.provider.usage_of(opened.body)
            body = _in_the_callers_words(opened)
        except UpstreamFailed as failure:
            opened.permit.failed()
            await self._settle(attempt, failed(failure))
            raise
        opened.permit.succeeded()
        answer = RecordedAnswer(200, _JSON, body, answer_headers(attempt))
        await self._keep(attempt, _outcome(opened, usage), answer)
        return PlainAnswer(answer.status, answer.content_type, answer.body, budget_headers(attempt))

    async def charge(self, opened: Opened) -> None:
        """Settle an answer that nobody gets."""
        try:
            usage = opened.attempt.target.provider.usage_of(opened.body)
        except UpstreamFailed as failure:
            opened.permit.failed()
            await self._settle(opened.attempt, failed(failure))
            return
        opened.permit.succeeded()
        await self._settle(opened.attempt, _outcome(opened, usage))


def _outcome(opened: Opened, usage: Usage | None) -> Outcome:
    return Outcome(
        status="succeeded",
        usage=usage,
        http_status=200,
        provider_request_id=opened.answer.request_id,
        first_token_seconds=opened.first_token_seconds,
    )


def _in_the_callers_words(opened: Opened) -> bytes:
    translation = opened.attempt.target.translation
    if translation is None:
        return opened.body
    try:
        return translation.whole(opened.body, asked=opened.attempt.call.plan.asked)
    except ValueError as error:
        raise malformed() from error
