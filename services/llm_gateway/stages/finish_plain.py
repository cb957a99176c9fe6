"""Ends a plain answer: its usage is settled and its answer stored before a byte of it leaves."""

from llm_gateway.call import PlainAnswer
from llm_gateway.providers.base import UpstreamFailed
from llm_gateway.replay import AnswerVault, RecordedAnswer
from llm_gateway.stages.budget_headers import budget_headers
from llm_gateway.stages.dispatch import Opened, failed
from llm_gateway.stages.keep_answer import keep_answer
from llm_gateway.stages.settle import Outcome, Settle

_JSON = "application/json"


class FinishPlain:
    def __init__(self, settle: Settle, vault: AnswerVault) -> None:
        self._settle = settle
        self._vault = vault

    async def __call__(self, opened: Opened) -> PlainAnswer:
        attempt = opened.attempt
        try:
            usage = attempt.target.provider.usage_of(opened.body)
        except UpstreamFailed as failure:
            opened.permit.failed()
            await self._settle(attempt, failed(failure))
            raise
        opened.permit.succeeded()
        answer = RecordedAnswer(200, _JSON, opened.body)
        outcome = Outcome(
            status="succeeded",
            usage=usage,
            http_status=200,
            provider_request_id=opened.answer.request_id,
            first_token_seconds=opened.first_token_seconds,
        )
        await keep_answer(self._vault, self._settle, attempt, outcome, answer)
        return PlainAnswer(answer.status, answer.content_type, answer.body, budget_headers(attempt))
