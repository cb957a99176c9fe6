"""What the client sends again by itself, what it leaves to the caller, and what it raises."""

from collections.abc import Callable
from uuid import UUID

import httpx
import pytest

from lockstep_client import (
    ApiError,
    AsyncClient,
    BadRequest,
    Client,
    Conflict,
    DeviceLogin,
    Forbidden,
    LockstepError,
    NotFound,
    PreconditionFailed,
    ServerFault,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
    Unprocessable,
    Unreachable,
)
from lockstep_client.generated.api.usage import get_usage
from lockstep_client.generated.errors import UndocumentedAnswer
from lockstep_client.generated.models import Dimension, StartRun, TaskDefinition, UsageFormat
from lockstep_client.problems import retry_after

HERE = "http://api.example"
ID = UUID(int=7)
PAGE: dict[str, object] = {"items": [], "next_cursor": None}
Answer = httpx.Response | Exception


class Script:
    """Answers one request after the other as it is told, and the last for ever."""

    def __init__(self, *answers: Answer) -> None:
        self._answers = list(answers)
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def client(self, *, retry_seconds: float = 30) -> Client:
        return Client(HERE, "a-token", retry_seconds=retry_seconds, transport=httpx.MockTransport(self))


def problem(status: int, **more: object) -> dict[str, object]:
    document = {"type": f"urn:lockstep:problem:{status}", "title": "No", "status": status, "detail": "it is so"}
    return {**document, "retryable": status in {429, 503}, **more}


def refused(status: int, *, after: str | None = "0", **more: object) -> httpx.Response:
    headers = {} if after is None else {"retry-after": after}
    return httpx.Response(status, json=problem(status, **more), headers=headers)


def start(client: Client) -> object:
    return client.runs.start_run(body=StartRun(task_id=ID))


def list_runs(client: Client) -> object:
    return client.runs.list_runs()


def create_task(client: Client) -> object:
    return client.tasks.create_task(body=TaskDefinition.from_dict({"name": "a", "steps": []}))


def pause_run(client: Client) -> object:
    """A call that takes no key."""
    return client.runs.pause_run(ID)


BROKEN, REFUSED = httpx.ReadError("cut"), httpx.ConnectError("nobody listens")


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        (list_runs, refused(429)),
        (pause_run, refused(429)),
        (list_runs, refused(503)),
        (list_runs, refused(503, after=None)),
        (list_runs, BROKEN),
        (pause_run, REFUSED),
        (create_task, refused(503)),
        (create_task, BROKEN),
    ],
)
def test_what_does_no_harm_twice_is_sent_again(call: Callable[[Client], object], fault: Answer) -> None:
    script = Script(fault, httpx.Response(418, json=problem(418)))
    with pytest.raises(ApiError, match="418"):
        call(script.client())
    assert len(script.asked) == 2


@pytest.mark.parametrize(
    ("call", "fault", "kind"),
    [
        (pause_run, refused(503), Unavailable),
        (pause_run, BROKEN, Unreachable),
        (list_runs, refused(500), ServerFault),
        (list_runs, refused(429, after="31"), TooManyRequests),
        (list_runs, refused(503, after="31"), Unavailable),
    ],
)
def test_what_may_have_been_done_or_takes_too_long_is_left_to_the_caller(
    call: Callable[[Client], object], fault: Answer, kind: type[LockstepError]
) -> None:
    script = Script(fault)
    with pytest.raises(kind):
        call(script.client())
    assert len(script.asked) == 1


def test_a_start_has_one_key_however_often_it_is_sent_and_the_caller_s_where_there_is_one() -> None:
    script = Script(refused(503), BROKEN, refused(409))
    with pytest.raises(Conflict):
        start(script.client())
    [key] = {request.headers["idempotency-key"] for request in script.asked}
    assert len(script.asked) == 3
    with pytest.raises(Conflict):
        script.client().runs.start_run(body=StartRun(task_id=ID), idempotency_key="mine")
    assert (script.asked[-1].headers["idempotency-key"], key) == ("mine", key)
    assert key != "mine"


def test_patience_ends() -> None:
    script = Script(REFUSED)
    with pytest.raises(Unreachable) as caught:
        list_runs(script.client(retry_seconds=0))
    assert (len(script.asked), caught.value.was_sent) == (1, False)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, BadRequest),
        (401, Unauthenticated),
        (403, Forbidden),
        (404, NotFound),
        (409, Conflict),
        (412, PreconditionFailed),
        (413, BadRequest),
        (415, BadRequest),
        (418, ApiError),
        (422, Unprocessable),
        (428, PreconditionFailed),
        (500, ServerFault),
        (502, ServerFault),
    ],
)
def test_a_refusal_is_an_exception_of_its_kind_with_the_members_of_its_document(
    status: int, kind: type[ApiError]
) -> None:
    places = [{"pointer": "/body/name", "detail": "is too long", "remedy": "shorten it"}]
    script = Script(refused(status, after=None, errors=places, remedy="read the page", trace_id="ab"))
    with pytest.raises(ApiError) as caught:
        list_runs(script.client())
    error = caught.value
    assert type(error) is kind
    assert (error.status, error.type, error.remedy) == (status, f"urn:lockstep:problem:{status}", "read the page")
    assert (error.trace_id, error.retry_after) == ("ab", None)
    assert [(fault.pointer, fault.remedy) for fault in error.faults] == [("/body/name", "shorten it")]
    assert "/body/name: is too long" in str(error)


@pytest.mark.parametrize("body", [b"<html>bad gateway</html>", b"[1]", b"\xff"])
def test_an_answer_that_is_no_problem_document_is_one_with_what_it_says(body: bytes) -> None:
    with pytest.raises(ServerFault) as caught:
        list_runs(Script(httpx.Response(502, content=body)).client())
    assert (caught.value.document, caught.value.type) == ({}, "about:blank")


async def test_the_client_that_is_awaited_does_the_same() -> None:
    script = Script(refused(503), BROKEN, httpx.Response(200, json=PAGE))
    async with AsyncClient(HERE, "a-token", transport=httpx.MockTransport(script)) as client:
        page = await client.runs.list_runs()
    assert (page.items, len(script.asked)) == ([], 3)
    assert {request.headers["authorization"] for request in script.asked} == {"Bearer a-token"}


def as_csv() -> Script:
    return Script(httpx.Response(200, text="day,usd", headers={"content-type": "text/csv"}))


async def test_an_answer_in_another_format_is_fetched_and_never_read_as_json() -> None:
    script, call = as_csv(), get_usage.call(group_by=[Dimension.DAY], format_=UsageFormat.CSV)
    with pytest.raises(UndocumentedAnswer, match="fetch"):
        script.client().send(call)
    assert script.client().fetch(call) == b"day,usd"
    async with AsyncClient(HERE, "a-token", transport=httpx.MockTransport(as_csv())) as client:
        assert await client.fetch(call) == b"day,usd"
    assert script.asked[-1].url.params["format"] == "csv"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("3", 3.0), ("-1", 0.0), ("soon", None), ("", None), ("Mon, 30 Nov 2009 00:00:00 GMT", 0.0)],
)
def test_retry_after_has_seconds_or_a_date(value: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": value}) == seconds


@pytest.mark.parametrize(
    "address", ["127.0.0.1:20880", "localhost:8080", "api.example.com", "ftp://a.example", "https://", ""]
)
@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_an_address_without_its_scheme_or_host_is_refused_at_once(
    kind: type[Client | AsyncClient], address: str
) -> None:
    with pytest.raises(ValueError, match="write it with its scheme"):
        kind(address, "token")


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ("/body/a: no", "400 Bad: /body/a: no; /body/b: never"),
        ("no; and never", "400 Bad: no; and never; at /body/a; at /body/b"),
        ("wrong", "400 Bad: wrong; /body/a: no; /body/b: never"),
        ("/body/a: no; /body/b: never", "400 Bad: /body/a: no; /body/b: never"),
    ],
)
def test_an_error_says_each_fault_once(detail: str, said: str) -> None:
    faults = [{"pointer": "/body/a", "detail": "no"}, {"pointer": "/body/b", "detail": "never"}]
    document = {"title": "Bad", "detail": detail, "errors": faults}
    assert str(ApiError(httpx.Response(400, json=document))) == said


SECRET = "albatross"


@pytest.mark.parametrize("kind", [Client, AsyncClient])
@pytest.mark.parametrize(
    "token", ["", " ", f"{SECRET}\n", f" {SECRET}", f"{SECRET} {SECRET}", f"{SECRET}\x00", f"{SECRET}ö"]
)
def test_a_token_that_no_header_can_have_is_refused_at_once_and_not_repeated(
    kind: type[Client | AsyncClient], token: str
) -> None:
    with pytest.raises(ValueError, match="the token") as refused:
        kind(HERE, token)
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_an_address_with_a_password_is_refused_and_not_repeated(kind: type[Client | AsyncClient]) -> None:
    for address in (f"https://me:{SECRET}@api.example", f"ftp://{SECRET}@api.example", f"me:{SECRET}@api.example"):
        with pytest.raises(ValueError, match="write it without name and password") as refused:
            kind(address)
        assert SECRET not in str(refused.value)
    with pytest.raises(ValueError, match="write it without name and password"):
        DeviceLogin.begin(f"https://me:{SECRET}@id.example", "cli")


@pytest.mark.parametrize("kind", [Client, AsyncClient])
@pytest.mark.parametrize("address", ["http://api.example/api/v1", "http://api.example/below/api/v1/"])
def test_an_address_of_which_each_call_has_the_end_itself_is_refused(
    kind: type[Client | AsyncClient], address: str
) -> None:
    with pytest.raises(ValueError, match="write it without that"):
        kind(address, "token")


def test_a_request_that_cannot_be_sent_is_tried_once_and_its_headers_are_not_repeated() -> None:
    script = Script(httpx.LocalProtocolError(f"Illegal header value b'Bearer {SECRET}'"))
    for call in (list_runs, lambda client: next(client.follow_run(ID))):
        with pytest.raises(ValueError, match="cannot be sent") as refused:
            call(script.client())
        assert SECRET not in str(refused.value)
        assert refused.value.__suppress_context__
    assert len(script.asked) == 2


async def test_nor_are_they_where_it_is_awaited() -> None:
    script = Script(httpx.LocalProtocolError(f"Illegal header value b'Bearer {SECRET}'"))
    async with AsyncClient(HERE, "token", transport=httpx.MockTransport(script)) as client:
        with pytest.raises(ValueError, match="cannot be sent") as refused:
            await client.runs.list_runs()
        assert SECRET not in str(refused.value)
        with pytest.raises(ValueError, match="cannot be sent"):
            await anext(aiter(client.follow_run(ID)))
    assert len(script.asked) == 2
