"""A model call from the door to the ledger, in the order in which it happens."""

import asyncio
from collections.abc import Mapping
from uuid import UUID

import msgspec

from foundation.domain.errors import DependencyUnavailable, LockstepError
from llm_gateway.budget.refusals import AlreadyAnswered
from llm_gateway.exchange.dialect import Dialect
from llm_gateway.exchange.failures import UpstreamFailed
from llm_gateway.items.named import with_items
from llm_gateway.items.store import KeptItems
from llm_gateway.planning.planner import Planner, bound_of_plan
from llm_gateway.routing.serving import Serving
from llm_gateway.stages.authenticator import Authenticator, read_credential
from llm_gateway.stages.budget_headers import budget_headers, error_headers, limit_headers
from llm_gateway.stages.call import CallFailed, CallIdentity, Client, ModelCall, PlainAnswer
from llm_gateway.stages.dispatcher import Dispatcher
from llm_gateway.stages.ending.plain_finisher import PlainFinisher
from llm_gateway.stages.ending.stream_finisher import StreamFinisher
from llm_gateway.stages.stored_answers import StoredAnswers
from llm_gateway.streaming.outlet import Outlet
from llm_gateway.wires.accepted import check_body
from llm_gateway.wires.registry import WIRES


class StreamedAnswer(msgspec.Struct, frozen=True):
    """A stream that has begun upstream, or that is waited for longer than a connection may be silent."""

    headers: tuple[tuple[str, str], ...]
    outlet: Outlet


class Pipeline:
    """authenticate → resolve the route → plan → bound → (admit → send → settle, again while it may) → answer."""

    def __init__(
        self,
        *,
        authenticate: Authenticator,
        serving: Serving,
        planning: Planner,
        kept_items: KeptItems,
        find_recorded: StoredAnswers,
        dispatch: Dispatcher,
        finish_plain: PlainFinisher,
        finish_stream: StreamFinisher,
        silence_seconds: float,
    ) -> None:
        self._authenticate = authenticate
        self._serving = serving
        self._planning = planning
        self._kept_items = kept_items
        self._find_recorded = find_recorded
        self._dispatch = dispatch
        self._finish_plain = finish_plain
        self._finish_stream = finish_stream
        self._silence_seconds = silence_seconds

    async def answer(
        self,
        dialect: Dialect,
        headers: Mapping[str, str],
        body: bytes,
        *,
        request_id: UUID,
        trace_id: str | None,
        client: Client,
    ) -> PlainAnswer | StreamedAnswer:
        """The answer to a request; raises a `LockstepError`, or `CallFailed`, for the dialect to word."""
        caller = await self._authenticate(read_credential(headers))
        check_body(body)
        request = WIRES[dialect].read_request(body, headers)
        original = body
        if request.references:
            request, body = await with_items(request, body, caller=caller, kept=self._kept_items)
        route = self._serving.routes.resolve(request.model, dialect)
        plan = self._planning(caller, request, route, headers=headers, body=body)
        bound = bound_of_plan(plan)
        replayable = self._find_recorded.key_of(caller, headers, original, dialect=dialect)
        if replayable and (recorded := await self._find_recorded.answer_to(caller, replayable)):
            return recorded
        call = ModelCall(caller, request, route, plan, bound, replayable, trace_id, client, request_id)
        try:
            return await self._answered(call)
        except AlreadyAnswered as error:
            return await self._settled_meanwhile(call, replayable, error)
        except (LockstepError, UpstreamFailed) as error:
            raise CallFailed(error, error_headers(call)) from error

    async def _answered(self, call: ModelCall) -> PlainAnswer | StreamedAnswer:
        if not call.request.streamed:
            return await self._finish_plain(await self._dispatch(call))
        opening = asyncio.ensure_future(self._dispatch(call))
        done, _ = await asyncio.wait({opening}, timeout=self._silence_seconds)
        if not done:
            return StreamedAnswer(limit_headers(call), self._finish_stream.later(opening, call))
        opened = opening.result()
        return StreamedAnswer(budget_headers(opened.attempt), self._finish_stream(opened))

    async def _settled_meanwhile(
        self, call: ModelCall, replayable: CallIdentity | None, error: AlreadyAnswered
    ) -> PlainAnswer:
        """Another gateway has answered the call since we looked."""
        if replayable and (recorded := await self._find_recorded.answer_to(call.caller, replayable)):
            return recorded
        raise DependencyUnavailable("the stored answer is not there yet", retry_after=0.5) from error
