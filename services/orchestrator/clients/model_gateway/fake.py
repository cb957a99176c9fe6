"""Models in memory: each request is answered with what was prepared, each key once."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from foundation.contracts.gateway.model_call import CallKey, canonical_digest
from foundation.domain.errors import (
    BadRequest,
    BudgetExceeded,
    DependencyUnavailable,
    Forbidden,
    LeaseLost,
    RunClosed,
)
from orchestrator.clients.model_gateway.base import OnText
from orchestrator.work import TickFailed, Work

Answer = Callable[[dict[str, Any]], dict[str, Any]]
"""Makes the chat completion of a request, or raises the error that the gateway's refusal becomes."""


def text_answer(text: str) -> Answer:
    """Answers every request with this text."""

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        message = {"role": "assistant", "content": text}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        return {"id": "made", "object": "chat.completion", "model": request["model"], "choices": [choice]}

    return answer


@dataclass
class FakeModelGateway:
    """`away` makes every call fail as on a gateway that does not answer; a run in `closed` gets no further call.

    The run's tokens are the only budget that it keeps: a call needs room for the most tokens that it may answer with,
    and is charged the tokens of its answer, or as many as it may have where the answer tells none.
    """

    answer: Answer = field(default_factory=lambda: text_answer("an answer"))
    away: bool = False
    closed: set[object] = field(default_factory=set)
    """Ids of the runs that have ended."""
    requests: list[dict[str, Any]] = field(default_factory=list)
    """Each request that was not answered from its key, in order."""
    _stored: dict[str, dict[str, Any]] = field(default_factory=dict)
    _fences: dict[object, int] = field(default_factory=dict)
    _spent: Counter[object] = field(default_factory=Counter)
    """Tokens by the run's id."""

    async def complete(
        self, work: Work, *, call_key: str, request: dict[str, Any], on_text: OnText | None = None
    ) -> dict[str, Any]:
        if self.away:
            raise DependencyUnavailable("the gateway does not answer")
        dispatch = work.claim.dispatch
        if dispatch.run_id in self.closed:
            raise RunClosed("the run has ended")
        if work.claim.fence < self._fences.get(dispatch.step_id, 0):
            raise LeaseLost("a later holder of the step has called")
        self._fences[dispatch.step_id] = work.claim.fence
        _check_key(call_key, dispatch.run_id, dispatch.step_id, request)
        if call_key not in self._stored:
            most = int(request.get("max_tokens", 1))
            budget = work.claim.run_budget_tokens
            if budget is not None and budget - self._spent[dispatch.run_id] < most:
                raise BudgetExceeded("the run's budget cannot hold this call", scope="run")
            self.requests.append(request)
            self._stored[call_key] = answer = self.answer(request)
            self._spent[dispatch.run_id] += answer.get("usage", {}).get("total_tokens", most)
            if on_text is not None:
                for word in re.findall(r"\S*\s*", answer["choices"][0]["message"].get("content") or ""):
                    on_text(word)
        return self._stored[call_key]

    async def close(self) -> None:
        """Does nothing, as no connection is open."""


def _check_key(text: str, run_id: object, step_id: object, request: dict[str, Any]) -> None:
    """As the gateway: a key is of the run and step that calls, and of this request."""
    try:
        key = CallKey.parse(text)
    except ValueError as error:
        raise TickFailed(BadRequest.code, str(error)) from error
    if (key.run_id, key.step_id) != (run_id, step_id):
        raise TickFailed(Forbidden.code, "the call key names another run or step")
    if key.digest != canonical_digest(request):
        raise TickFailed(BadRequest.code, "the call key's digest is not that of the request")
