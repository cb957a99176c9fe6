"""The gateway by OpenAI's own client, with a run token made for this claim."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import openai
from openai import AsyncOpenAI

from foundation.contracts.accepted.accepted_json import DOCUMENT, JsonLimits, NotAccepted, parse_json
from foundation.contracts.gateway.model_call import CALL_KEY_HEADER
from foundation.contracts.gateway.run_token import Ancestor, RunClaims, ScopeCaps
from foundation.domain.errors import BudgetExceeded, DependencyUnavailable, LeaseLost, RunClosed
from foundation.domain.failures import FailureCode
from foundation.domain.money import NO_LIMIT, BudgetLimit
from foundation.http.retry_after import seconds_until_retry
from foundation.http.service_tokens import ServiceTokenSigner
from foundation.http.statuses import STATUSES
from foundation.telemetry.logs import logger
from foundation.telemetry.traces import current_traceparent
from orchestrator.clients.liveness import Liveness
from orchestrator.clients.model_gateway.base import OnText
from orchestrator.clients.model_gateway.streamed import STREAMED, BrokenStream, read_answer
from orchestrator.clients.not_reached import NotReached
from orchestrator.work import TickFailed, Work

_log = logger(__name__)

_LEAST_SECONDS = 1.0
LIVENESS = Liveness()
_ANSWER = JsonLimits(max_bytes=16 * 1024 * 1024, max_depth=DOCUMENT.max_depth, exact_decimals=False)
_SERVER_ERROR = 500
_RETRYABLE = frozenset({408, 409, 425, 429})


class OpenAiModelGateway:
    """The port on a gateway's address."""

    def __init__(self, base_url: str, signer: ServiceTokenSigner, *, liveness: Liveness = LIVENESS) -> None:
        # Retries are the step's: the gateway has tried its providers already.
        self._client = AsyncOpenAI(base_url=f"{base_url.rstrip('/')}/v1", api_key="run token", max_retries=0)
        # A connection of its own, as those of calls are all taken when the gateway has stopped.
        self._health = httpx2.AsyncClient(base_url=base_url, timeout=None)
        self._signer = signer
        self._liveness = liveness

    async def close(self) -> None:
        await self._client.close()
        await self._health.aclose()

    async def complete(
        self, work: Work, *, call_key: str, request: dict[str, Any], on_text: OnText | None = None
    ) -> dict[str, Any]:
        if on_text is not None:
            try:
                return _accepted(await self._answered(work, call_key, {**request, **STREAMED}, on_text))
            except BrokenStream as broken:
                # The same call under the same key, now without a stream: the gateway says what is the matter, or has
                # the whole answer, or gets it from another provider.
                _log.info("a streamed answer broke off and is asked for as a whole", extra={"reason": str(broken)})
        try:
            return _accepted(await self._answered(work, call_key, request, None))
        except BrokenStream as broken:
            raise NotReached("the gateway does not answer") from broken

    async def _answered(self, work: Work, call_key: str, request: dict[str, Any], on_text: OnText | None) -> bytes:
        with _in_our_words():
            async with self._liveness.watched(lambda: self._health.get("/health"), name="the gateway"):
                return await self._read(work, call_key, request, on_text)

    async def _read(self, work: Work, call_key: str, request: dict[str, Any], on_text: OnText | None) -> bytes:
        asked = self._client.chat.completions.with_streaming_response.create(**request, **self._about(work, call_key))
        async with asked as answer:
            return await read_answer(answer, on_text)

    def _about(self, work: Work, call_key: str) -> dict[str, Any]:
        """What goes with a request: who calls, under which key, and how long it may take."""
        headers = {
            "authorization": f"Bearer {self._signer.run_token(claims_of(work))}",
            CALL_KEY_HEADER: call_key,
        }
        if traceparent := current_traceparent():
            headers["traceparent"] = traceparent
        # A call may take all the time that its step has left; the gateway limits how long each provider may take.
        return {"extra_headers": headers, "timeout": max(work.clock.seconds_left, _LEAST_SECONDS)}


@contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    except openai.APIStatusError as error:
        raise _error_of(error) from error
    except (openai.APITimeoutError, httpx2.TimeoutException) as error:
        # A call may take all the time that its step has, so that this says more about the step than about the gateway.
        raise DependencyUnavailable("the gateway does not answer in time") from error
    except (openai.APIConnectionError, httpx2.HTTPError) as error:
        raise NotReached("the gateway does not answer") from error


def _accepted(content: bytes) -> dict[str, Any]:
    """The answer's document; `TickFailed`, which is not retried, names the place of a value that cannot be stored."""
    try:
        document = parse_json(content, limits=_ANSWER)
    except NotAccepted as error:
        raise TickFailed(FailureCode.MODEL_ANSWER_REFUSED, f"the model's answer cannot be stored: {error}") from error
    if not isinstance(document, dict):
        raise TickFailed(FailureCode.MODEL_ANSWER_INVALID, "the model's answer is no JSON object")
    return document


def claims_of(work: Work) -> RunClaims:
    """The claims of the run token that this work calls the gateway with."""
    claim, budget = work.claim, work.step.budget
    return RunClaims(
        tenant_id=claim.dispatch.tenant_id,
        user_id=claim.payer.user_id,
        api_key_id=claim.payer.api_key_id,
        run_id=claim.dispatch.run_id,
        step_id=claim.dispatch.step_id,
        generation=claim.dispatch.generation,
        fence=claim.fence,
        caps=ScopeCaps(
            run=BudgetLimit(tokens=claim.run_budget_tokens, nano_usd=claim.run_budget_nano_usd),
            step=BudgetLimit(budget.tokens, budget.nano()) if budget else NO_LIMIT,
        ),
        ancestors=tuple(
            Ancestor(
                run_id=above.run_id,
                generation=above.generation,
                caps=BudgetLimit(above.budget_tokens, above.budget_nano_usd),
            )
            for above in claim.runs_above
        ),
    )


def _error_of(error: openai.APIStatusError) -> Exception:
    body = error.body if isinstance(error.body, dict) else {}
    code = str(body.get("code") or f"http_{error.status_code}")
    detail = str(body.get("message") or error.message)
    if error.status_code == STATUSES[BudgetExceeded]:
        left, stood = body.get("remaining"), body.get("budget")
        return BudgetExceeded(
            detail,
            scope=str(body.get("scope") or "run"),
            remaining=left if isinstance(left, dict) else None,
            budget=stood if isinstance(stood, dict) else None,
        )
    if code == RunClosed.code:
        return RunClosed(detail)
    if code == LeaseLost.code:
        return LeaseLost(detail)
    advice = error.response.headers.get("x-should-retry")
    retryable = error.status_code in _RETRYABLE or error.status_code >= _SERVER_ERROR
    if advice in {"true", "false"}:
        retryable = advice == "true"
    return TickFailed(code, detail, retryable=retryable, retry_after=seconds_until_retry(error.response.headers))
