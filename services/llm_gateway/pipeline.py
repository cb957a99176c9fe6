"""A model call from the door to the ledger, in the order in which it happens."""

from collections.abc import Mapping
from dataclasses import dataclass

from foundation.domain.errors import DependencyUnavailable
from llm_gateway.bound import bound_of
from llm_gateway.budget.refusals import AlreadyAnswered
from llm_gateway.call import Call, PlainAnswer
from llm_gateway.dialects.base import Dialect
from llm_gateway.dialects.ingress import INGRESS
from llm_gateway.outlet import Outlet
from llm_gateway.routing import Routes
from llm_gateway.stages.authenticate import Authenticate, credential_of
from llm_gateway.stages.budget_headers import budget_headers
from llm_gateway.stages.dispatch import Dispatch
from llm_gateway.stages.find_recorded import FindRecorded
from llm_gateway.stages.finish_plain import FinishPlain
from llm_gateway.stages.finish_stream import FinishStream


@dataclass(frozen=True, slots=True)
class StreamedAnswer:
    """A stream that has begun upstream."""

    headers: tuple[tuple[str, str], ...]
    outlet: Outlet


class Pipeline:
    """authenticate → resolve the route → bound → (admit → dispatch → settle, again while it may) → answer."""

    def __init__(
        self,
        *,
        authenticate: Authenticate,
        routes: Routes,
        find_recorded: FindRecorded,
        dispatch: Dispatch,
        finish_plain: FinishPlain,
        finish_stream: FinishStream,
    ) -> None:
        self._authenticate = authenticate
        self._routes = routes
        self._find_recorded = find_recorded
        self._dispatch = dispatch
        self._finish_plain = finish_plain
        self._finish_stream = finish_stream

    async def answer(
        self, dialect: Dialect, headers: Mapping[str, str], body: bytes, *, trace_id: str | None
    ) -> PlainAnswer | StreamedAnswer:
        """The answer to a request; raises a `LockstepError` or `UpstreamFailed` for the dialect to word."""
        caller = await self._authenticate(credential_of(headers))
        request = INGRESS[dialect].read(body, headers)
        route = self._routes.resolve(request.model, dialect)
        bound = bound_of(
            request,
            prices=[target.price for target in route.targets],
            default_output=route.max_output_tokens,
        )
        replayable = self._find_recorded.key_of(caller, headers.get("x-lockstep-call-key"), body, dialect=dialect)
        if replayable and (recorded := await self._find_recorded.answer_to(caller, replayable)):
            return recorded
        try:
            opened = await self._dispatch(Call(caller, request, route, bound, replayable, trace_id))
        except AlreadyAnswered as error:
            # settled by another gateway since we looked
            if replayable and (recorded := await self._find_recorded.answer_to(caller, replayable)):
                return recorded
            raise DependencyUnavailable("the stored answer is not there yet", retry_after=0.5) from error
        if request.streamed:
            return StreamedAnswer(budget_headers(opened.attempt), self._finish_stream(opened))
        return await self._finish_plain(opened)
