"""A model call from the request to the answer, in the order of its stages."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from uuid import UUID

import msgspec

from foundation.contracts.gateway.ledger import Dialect
from foundation.contracts.policy.providers import ProviderRules
from foundation.domain.errors import DependencyUnavailable, LockstepError
from foundation.domain.ids import TenantId
from llm_gateway.budget.refusals import AlreadyAnswered
from llm_gateway.exchange.failures import UpstreamFailed
from llm_gateway.items.named import with_items
from llm_gateway.items.store import KeptItems
from llm_gateway.planning.planner import Planner, bound_of_plan
from llm_gateway.routing.serving import Serving
from llm_gateway.stages.authenticator import Authenticator, read_credential
from llm_gateway.stages.budget_headers import budget_headers, error_headers, limit_headers
from llm_gateway.stages.call import CallFailed, Client, ModelCall, PlainAnswer
from llm_gateway.stages.call_trace import CallTrace
from llm_gateway.stages.dispatcher import Dispatcher
from llm_gateway.stages.ending.plain_finisher import PlainFinisher
from llm_gateway.stages.ending.stream_finisher import StreamFinisher
from llm_gateway.stages.stored_answers import StoredAnswers
from llm_gateway.streaming.outlet import Outlet
from llm_gateway.wires.accepted import check_body
from llm_gateway.wires.registry import WIRES


class StreamedAnswer(msgspec.Struct, frozen=True):
    """A stream that has begun at the provider, or whose beginning takes longer than a connection may be silent."""

    headers: tuple[tuple[str, str], ...]
    outlet: Outlet


AllowedProviders = Callable[[TenantId], Awaitable[ProviderRules | None]]
"""Where a tenant's calls may go; None for everywhere."""


class Pipeline:
    """The stages of a call, in order: authenticate, resolve the route, plan, bound, then attempts, then the answer.

    Before the route, the body is checked and read, and items that it names are put in; before the plan, a stored answer
    to the same call is looked for, as what was answered once goes nowhere again. Each attempt is funded, sent and
    settled; another follows while it may help.
    """

    def __init__(
        self,
        *,
        authenticator: Authenticator,
        serving: Serving,
        planner: Planner,
        allowed: AllowedProviders,
        kept_items: KeptItems,
        stored_answers: StoredAnswers,
        dispatcher: Dispatcher,
        plain_finisher: PlainFinisher,
        stream_finisher: StreamFinisher,
        silence_seconds: float,
    ) -> None:
        self._authenticator = authenticator
        self._serving = serving
        self._planner = planner
        self._allowed = allowed
        self._kept_items = kept_items
        self._stored_answers = stored_answers
        self._dispatcher = dispatcher
        self._plain_finisher = plain_finisher
        self._stream_finisher = stream_finisher
        self._silence_seconds = silence_seconds

    async def answer(
        self,
        dialect: Dialect,
        headers: Mapping[str, str],
        body: bytes,
        *,
        request_id: UUID,
        trace: CallTrace | None,
        client: Client,
    ) -> PlainAnswer | StreamedAnswer:
        """The answer to a request; raises a `LockstepError`, or `CallFailed`, for the dialect to word."""
        caller = await self._authenticator.identify(read_credential(headers))
        if trace is not None:
            trace.of_caller(caller)
        check_body(body)
        request = WIRES[dialect].read_request(body, headers)
        original = body
        if request.references:
            request, body = await with_items(request, body, caller=caller, kept=self._kept_items)
        route = self._serving.routes.resolve(request.model, dialect)
        # by the body as it came: a repeat names the same items, whatever is kept of them by then
        identity = self._stored_answers.identify_call(caller, headers, original, dialect=dialect)
        if identity and (stored := await self._stored_answers.find(caller, identity)):
            return stored
        rules = await self._allowed(caller.tenant_id)
        plan = self._planner.plan_targets(caller, request, route, rules=rules, headers=headers, body=body)
        bound = bound_of_plan(plan)
        call = ModelCall(caller, request, route, plan, bound, identity, trace, client, request_id)
        try:
            return await self._make_call(call)
        except AlreadyAnswered as error:
            return await self._replay_other_answer(call, error)
        except (LockstepError, UpstreamFailed) as error:
            raise CallFailed(error, error_headers(call)) from error

    async def _make_call(self, call: ModelCall) -> PlainAnswer | StreamedAnswer:
        if not call.request.streamed:
            opened = await self._dispatcher.open_answer(call)
            return await self._plain_finisher.finish(opened)
        opening = asyncio.ensure_future(self._dispatcher.open_answer(call))
        try:
            done, _ = await asyncio.wait({opening}, timeout=self._silence_seconds)
        except asyncio.CancelledError:
            # The server ends and nobody waits any more; what was begun is settled all the same.
            self._stream_finisher.start_when_open(opening, call).leave()
            raise
        if not done:
            # a proxy would close a connection that is silent for longer, so the stream begins without an answer
            return StreamedAnswer(limit_headers(call), self._stream_finisher.start_when_open(opening, call))
        opened = opening.result()
        return StreamedAnswer(budget_headers(opened.attempt), self._stream_finisher.start(opened))

    async def _replay_other_answer(self, call: ModelCall, error: AlreadyAnswered) -> PlainAnswer:
        """The answer that another gateway stored after this one had looked for it."""
        if call.identity and (stored := await self._stored_answers.find(call.caller, call.identity)):
            return stored
        raise DependencyUnavailable(
            "the call has been answered, but its answer is not stored yet", retry_after=0.5
        ) from error
