"""One turn of a model, for every engine that calls models: sent under one key, so that no crash pays twice."""

import asyncio
from dataclasses import replace
from typing import Any

from opentelemetry.trace import SpanKind

from foundation.contracts.accepted.accepted_json import NotAccepted, parse_json
from foundation.contracts.gateway.model_call import call_key, canonical_digest
from foundation.domain.failures import FailureCode
from foundation.storage.execution import keyed_turns, turns
from foundation.storage.execution.dispatches import StepClaim
from foundation.storage.execution.keyed_turns import KeyedTurn, RequestKey
from foundation.storage.execution.turns import Asker
from foundation.storage.session.database import Database, Transaction
from foundation.telemetry.spans.record import AttributeValue, SpanAttribute
from foundation.telemetry.traces import annotate, span
from orchestrator.clients.model_gateway.base import ModelGateway, OnText
from orchestrator.engines.text_telling import TextTelling
from orchestrator.engines.turn_quota import count_turn
from orchestrator.failpoints import Failpoints
from orchestrator.work import Record, TickFailed, Work

_IN_PROGRESS = "call_in_progress"
_AGAIN_SECONDS = 1.0


class ModelTurns:
    """Sends a turn's request, which is stored first; a later holder of the step resends the stored request verbatim."""

    def __init__(self, database: Database, gateway: ModelGateway, failpoints: Failpoints, telling: TextTelling) -> None:
        self._database = database
        self._gateway = gateway
        self._failpoints = failpoints
        self._telling = telling

    async def ask(self, work: Work, turn: int, request: dict[str, Any], *, number: int) -> dict[str, Any]:
        """The chat completion of this turn, the step's `number`th since its beginning.

        `BudgetExceeded` when no more turns may begin today.
        """
        claim, dispatch = work.claim, work.claim.dispatch
        key = call_key(dispatch.run_id, dispatch.step_id, turn, canonical_digest(request), 0)
        async with self._database.tenant(dispatch.tenant_id) as tx:
            prepared = await turns.prepare(tx, claim, turn, call_key=key, request=request, asker=Asker(number))
            if prepared.is_new:
                await count_turn(tx, claim)
        return await self._answer(work, turn, prepared.call_key, prepared.request)

    async def ask_keyed(
        self, work: Work, request: dict[str, Any], *, occurrence: int, asker: Asker
    ) -> KeyedTurn | None:
        """The turn of a request that has no fixed place among those of its dispatch, with its answer, recorded.

        `occurrence` is how many equal requests the dispatch has made before, from 0. A later holder of the step that
        makes the same request gets the same turn: its recorded answer, or that of the call sent again under its key.
        None when the request is new and the run is paused. `BudgetExceeded` as above.
        """
        claim = work.claim
        key = RequestKey(canonical_digest(request), occurrence)
        async with self._database.tenant(claim.dispatch.tenant_id) as tx:
            prepared = await keyed_turns.prepare(tx, claim, key, request, asker=asker)
            if prepared is not None and prepared.is_new:
                await count_turn(tx, claim)
        if prepared is None or prepared.response is not None:
            return prepared
        answer = await self._answer(work, prepared.turn, prepared.call_key, prepared.request)
        calls = message_of(answer).get("tool_calls") or []
        async with self._database.tenant(claim.dispatch.tenant_id) as tx:
            await keyed_turns.record(tx, claim, prepared.turn, response=answer, tool_calls=len(calls))
        self._failpoints.reach("model.recorded")
        return replace(prepared, response=answer)

    async def _answer(self, work: Work, turn: int, call_key: str, request: dict[str, Any]) -> dict[str, Any]:
        self._failpoints.reach("model.before_dispatch")
        model = str(request.get("model", ""))
        about: dict[SpanAttribute, AttributeValue] = {
            SpanAttribute.GEN_AI_OPERATION: "chat",
            SpanAttribute.GEN_AI_REQUEST_MODEL: model,
            SpanAttribute.STEP_TURN: turn,
        }
        with span(f"chat {model}".rstrip(), kind=SpanKind.CLIENT, attributes=about):
            async with self._telling.of_turn(work, turn) as on_text:
                answer = await self._complete(work, call_key, request, on_text)
            annotate(_usage_of(answer))
        self._failpoints.reach("model.answered")
        return answer

    async def _complete(self, work: Work, call_key: str, request: dict[str, Any], on_text: OnText) -> dict[str, Any]:
        """The answer. A call of an earlier holder that is still under way is waited for, and is no failed attempt."""
        while True:
            try:
                return await self._gateway.complete(work, call_key=call_key, request=request, on_text=on_text)
            except TickFailed as error:
                if error.failure.code != _IN_PROGRESS:
                    raise
                await asyncio.sleep(error.retry_after or _AGAIN_SECONDS)


def _usage_of(answer: dict[str, Any]) -> dict[SpanAttribute, AttributeValue]:
    """The tokens of an answer, as far as it tells them."""
    usage = answer.get("usage")
    told = usage if isinstance(usage, dict) else {}
    named = {
        SpanAttribute.GEN_AI_INPUT_TOKENS: told.get("prompt_tokens"),
        SpanAttribute.GEN_AI_OUTPUT_TOKENS: told.get("completion_tokens"),
    }
    return {name: count for name, count in named.items() if isinstance(count, int)}


def message_of(answer: dict[str, Any]) -> dict[str, Any]:
    """The assistant's message of a chat completion; `TickFailed` when there is none."""
    try:
        message: dict[str, Any] = answer["choices"][0]["message"]
    except (KeyError, IndexError, TypeError) as error:
        raise TickFailed(FailureCode.MODEL_ANSWER_INVALID, "the model's answer has no message") from error
    return message


def finish_reason_of(answer: dict[str, Any]) -> str | None:
    """Why its text ends: `stop` at its own end, `length` where `max_tokens` cut it; None when the answer has none."""
    reason = answer["choices"][0].get("finish_reason")
    return reason if isinstance(reason, str) else None


def recorded_turn(claim: StepClaim, turn: int, answer: dict[str, Any], *, tool_calls: int = 0) -> Record:
    """The write that keeps a turn's answer with its tick."""

    async def record(tx: Transaction) -> None:
        await turns.record(tx, claim, turn, response=answer, tool_calls=tool_calls)

    return record


def output_of(text: str, files: list[Any], *, finish_reason: str | None = None) -> dict[str, Any]:
    """A model step's output: the text, why it ends where it does, and as `data` the JSON that the whole text is.

    A text that looks like an object or array but cannot be read has `data_error`, which explains why `data` is null.
    """
    output = {"text": text, "data": None, "files": files, "finish_reason": finish_reason}
    try:
        return {**output, "data": parse_json(text)}
    except NotAccepted as error:
        looks_like_json = text.lstrip()[:1] in {"{", "["}
        return {**output, "data_error": str(error)} if looks_like_json else output
