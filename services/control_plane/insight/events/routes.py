"""`/runs/{run_id}/events` and `/events`."""

from contextlib import ExitStack
from typing import Annotated

from fastapi import Depends, Header, Request, Response
from starlette.responses import Response as PlainResponse

from control_plane.dependencies import App, Credential, RunReader
from control_plane.execution.runs.read import no_such_run
from control_plane.requests.answers.negotiation import BY_ACCEPT, VARY
from control_plane.requests.break_glass import require_pages
from control_plane.requests.event_streams import MEDIA_TYPE, EventStreamResponse, wants_event_stream
from control_plane.requests.lists.asked import pages_of
from control_plane.requests.lists.paging import Listing, Page, PageRequest
from control_plane.resources import AppResources
from control_plane.rooms import RoomRouter
from control_plane.streams.event_view import RunEventView
from control_plane.streams.frames import example
from control_plane.streams.reader import StreamReader
from control_plane.streams.reading import LIVE_PAGE, RunSource, SourcePage, StreamSource, TenantSource
from foundation.contracts.accepted.sentences import WrittenAs
from foundation.domain.errors import BadRequest, Fault, InvalidCursor
from foundation.domain.ids import RunId
from foundation.domain.permissions import Permission
from foundation.http.openapi import refusals
from foundation.storage.execution.event_streams import BEGINNING, EventPlace, PageLimits, StreamedEvent, before
from foundation.storage.session.pages import PAGE_BYTES

router = RoomRouter(tags=["events"])

_OF_RUN = Listing[StreamedEvent]("events of a run", lambda event: (event.place,), kinds=(EventPlace.parse,))
_OF_TENANT = Listing[StreamedEvent]("events", lambda event: (event.place,), kinds=(EventPlace.parse,))

LastEventId = Annotated[
    Annotated[
        str,
        WrittenAs(r"^[0-9]{1,19}-[0-9]{1,19}$", "the `id` of an event is needed, as in 815-4711"),
    ]
    | None,
    Header(
        max_length=40,
        description="of a stream: the `id` of the last event that was received; it goes on after that",
    ),
]


_PAGES = pages_of(100, 1000, told="events a page; fewer where they are large")
EventPaging = Annotated[PageRequest, Depends(_PAGES)]

_STREAM = {
    "model": Page[RunEventView],
    "description": "a page, or a stream where `Accept` names `text/event-stream`",
    "content": {
        MEDIA_TYPE: {
            "schema": {"type": "string", "description": "events of the same members, one a message"},
            "example": example(),
        }
    },
}


@router.get(
    "/runs/{run_id}/events",
    summary="What happened in a run and in those below it, as a page or as a stream",
    operation_id="list_run_events",
    responses={
        200: _STREAM,
        204: {"description": "the run has ended, and all was told before"},
        **refusals(404, 410, 429),
    },
    response_model=Page[RunEventView],
    dependencies=[BY_ACCEPT],
)
async def of_run(
    run_id: RunId,
    request: Request,
    caller: RunReader,
    app: App,
    credential: Credential,
    paging: EventPaging,
    last_event_id: LastEventId = None,
) -> Page[RunEventView] | Response:
    source = RunSource(caller.tenant_id, run_id)
    if not wants_event_stream(request.headers.get("accept")):
        _require_stream(last_event_id)
        return await _page(app, source, _OF_RUN, paging)
    require_pages(caller)
    after = _place(last_event_id) or _after(_OF_RUN, paging) or BEGINNING
    with ExitStack() as held:
        held.enter_context(app.streams.seats.one(caller.tenant_id))
        first = await _first(app, source, after)
        if first.ended and not first.events and last_event_id is not None:
            return PlainResponse(status_code=204, headers=VARY)
        return _stream(app, _following(app, credential, source, after), first, held)


@router.get(
    "/events",
    summary="What happened in the tenant, in all its runs and in none, as a page or as a stream",
    operation_id="list_tenant_events",
    responses={200: _STREAM, **refusals(429)},
    response_model=Page[RunEventView],
    dependencies=[BY_ACCEPT],
)
async def of_tenant(
    request: Request,
    caller: RunReader,
    app: App,
    credential: Credential,
    paging: EventPaging,
    last_event_id: LastEventId = None,
) -> Page[RunEventView] | Response:
    source = TenantSource(caller.tenant_id)
    if not wants_event_stream(request.headers.get("accept")):
        _require_stream(last_event_id)
        return await _page(app, source, _OF_TENANT, paging)
    require_pages(caller)
    after = _place(last_event_id) or _after(_OF_TENANT, paging)
    with ExitStack() as held:
        held.enter_context(app.streams.seats.one(caller.tenant_id))
        if after is None:
            after = before(await app.streams.reads.horizon(caller.tenant_id))
        first = await _first(app, source, after)
        return _stream(app, _following(app, credential, source, after), first, held)


def _require_stream(last_event_id: str | None) -> None:
    """A page begins where its cursor says: whoever sends the header relies on what only a stream heeds."""
    if last_event_id is not None:
        detail = "a page takes no Last-Event-ID, which is where a stream goes on"
        remedy = "send Accept: text/event-stream, or the cursor of the page before"
        raise BadRequest(detail, faults=(Fault("/header/last-event-id", detail),), remedy=remedy)


async def _page(
    app: AppResources, source: StreamSource, listing: Listing[StreamedEvent], paging: PageRequest
) -> Page[RunEventView]:
    limits = PageLimits(events=paging.limit, data_bytes=PAGE_BYTES)
    page = await _first(app, source, _after(listing, paging) or BEGINNING, limits)
    next_cursor = listing.cursor_after(page.events[-1], paging) if page.more else None
    return Page(items=[RunEventView.of(event) for event in page.events], next_cursor=next_cursor)


async def _first(
    app: AppResources, source: StreamSource, after: EventPlace, limits: PageLimits = LIVE_PAGE
) -> SourcePage:
    page = await app.streams.reads.page(source, after, limits)
    if page is None:
        raise no_such_run()
    # Every event that was ever told stands before the horizon of then. After a restore, or of another installation's
    # id, a reader would else wait in silence until the horizon has come so far.
    if after.xact >= page.horizon:
        remedy = "begin anew: without an id, or with one that this API has given"
        raise InvalidCursor("no event with this id has happened yet", remedy=remedy)
    return page


def _after(listing: Listing[StreamedEvent], paging: PageRequest) -> EventPlace | None:
    position = listing.after(paging)
    return None if position is None else position[0]


def _place(last_event_id: str | None) -> EventPlace | None:
    try:
        return None if last_event_id is None else EventPlace.parse(last_event_id)
    except ValueError as error:
        raise InvalidCursor("Last-Event-ID is the id of no event", remedy="send an id as a stream gave it") from error


def _following(app: AppResources, credential: Credential, source: StreamSource, after: EventPlace) -> StreamReader:
    async def admit() -> None:
        caller = await app.callers.authenticate(credential.credentials if credential else None)
        caller.require(Permission.RUNS_READ)

    return StreamReader(
        source,
        after,
        reads=app.streams.reads,
        tail=app.streams.tail,
        texts=app.streams.texts,
        admit=admit,
        heartbeat_seconds=app.settings.event_stream_heartbeat_seconds,
    )


def _stream(app: AppResources, following: StreamReader, first: SourcePage, held: ExitStack) -> EventStreamResponse:
    return EventStreamResponse(
        following.chunks(first), held=held.pop_all(), stall_seconds=app.settings.event_stream_stall_seconds
    )
