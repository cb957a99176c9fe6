"""Models in memory: each request is answered with what was prepared, each key once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from foundation.domain.errors import BudgetExceeded, DependencyUnavailable, LeaseLost, RunClosed
from orchestrator.work import Work

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

    The run's tokens are the only budget that it checks, against the most tokens that a call may answer with.
    """

    answer: Answer = field(default_factory=lambda: text_answer("an answer"))
    away: bool = False
    closed: set[object] = field(default_factory=set)
    """Ids of the runs that have ended."""
    requests: list[dict[str, Any]] = field(default_factory=list)
    """Each request that was not answered from its key, in order."""
    _stored: dict[str, dict[str, Any]] = field(default_factory=dict)
    _fences: dict[object, int] = field(default_factory=dict)

    async def complete(self, work: Work, *, call_key: str, request: dict[str, Any]) -> dict[str, Any]:
        if self.away:
            raise DependencyUnavailable("the gateway does not answer")
        dispatch = work.claim.dispatch
        if dispatch.run_id in self.closed:
            raise RunClosed("the run has ended")
        if work.claim.fence < self._fences.get(dispatch.step_id, 0):
            raise LeaseLost("a later holder of the step has called")
        self._fences[dispatch.step_id] = work.claim.fence
        if work.claim.run_budget_tokens is not None and work.claim.run_budget_tokens < request.get("max_tokens", 1):
            raise BudgetExceeded("the run's budget cannot hold this call", scope="run")
        if call_key not in self._stored:
            self.requests.append(request)
            self._stored[call_key] = self.answer(request)
        return self._stored[call_key]

    async def close(self) -> None:
        """Does nothing, as no connection is open."""
