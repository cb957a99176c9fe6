"""What leaves as a problem document, and how."""

from typing import Annotated

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import AfterValidator, BaseModel, ConfigDict

from control_plane.definitions.tasks.reading import read_definition
from foundation.domain.errors import (
    DependencyUnavailable,
    Fault,
    Forbidden,
    InvalidDefinition,
    LockstepError,
    NotFound,
    QuotaExceeded,
    Unauthenticated,
)
from foundation.domain.people.admission import NoCredential
from foundation.http.problems import MAX_FAULTS, install_problem_handlers, problem_body, problem_response, worded


def _even(value: int) -> int:
    if value % 2:
        raise ValueError("write an even number")
    return value


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")

    number: Annotated[int, AfterValidator(_even)]


@pytest.fixture
def client() -> TestClient:
    app = FastAPI()
    install_problem_handlers(app)

    @app.get("/refused")
    async def _refused() -> None:
        raise Forbidden("not you")

    @app.post("/numbers")
    async def _numbers(body: Body) -> int:
        return 1 // body.number

    return TestClient(app, raise_server_exceptions=False)


def test_an_unexpected_error_says_that_its_connection_is_closed(client: TestClient) -> None:
    answer = client.post("/numbers", json={"number": 0})
    assert answer.status_code == 500
    assert answer.json()["type"] == "urn:lockstep:problem:internal"
    assert answer.headers["connection"] == "close"


@pytest.mark.parametrize(
    ("method", "path", "body", "level"),
    [
        ("POST", "/numbers", {"number": 3}, "DEBUG"),
        ("GET", "/refused", None, "DEBUG"),
        ("GET", "/nowhere", None, "DEBUG"),
        ("PUT", "/refused", None, "DEBUG"),
        ("POST", "/numbers", {"number": 0}, "ERROR"),
    ],
)
def test_what_a_caller_got_wrong_is_logged_at_debug_and_what_we_did_as_an_error_with_its_traceback(
    client: TestClient, caplog: pytest.LogCaptureFixture, method: str, path: str, body: object, level: str
) -> None:
    caplog.set_level("DEBUG", "foundation")
    client.request(method, path, json=body)
    [record] = [one for one in caplog.records if one.name == "foundation.http.problems"]
    assert record.levelname == level
    assert (record.exc_info is not None) is (level == "ERROR")


def test_a_fault_is_told_in_the_words_of_the_rule_that_refused(client: TestClient) -> None:
    answer = client.post("/numbers", json={"number": 3})
    assert answer.json()["errors"] == [{"pointer": "/body/number", "detail": "write an even number"}]
    assert answer.json()["detail"] == "/body/number: write an even number"


def test_a_definition_with_too_many_dependencies_is_told_the_place() -> None:
    names = [f"s{index}" for index in range(200)]
    steps = [{"name": name, "kind": "noop", "needs": names[:index]} for index, name in enumerate(names)]
    with pytest.raises(InvalidDefinition) as refused:
        read_definition({"name": "wide", "steps": steps})
    detail = "the steps have 19900 dependencies (needs) together; at most 10000 are taken"
    assert refused.value.faults == (Fault("/steps", detail),)
    assert refused.value.detail == f"the definition cannot run: /steps: {detail}"


def test_a_fault_of_the_whole_is_told_without_a_place() -> None:
    assert str(Fault("", "not an object")) == "not an object"


@pytest.mark.parametrize(
    ("error", "header"),
    [
        (QuotaExceeded("many", retry_after=10), "10"),
        (QuotaExceeded("many", retry_after=0.2), "1"),
        (QuotaExceeded("many"), None),
        (DependencyUnavailable("away", retry_after=7.4), "7"),
        (DependencyUnavailable("away"), "1"),
        (NotFound("none"), None),
    ],
)
def test_a_passing_error_says_in_whole_seconds_when_to_come_again(error: LockstepError, header: str | None) -> None:
    assert problem_response(error).headers.get("retry-after") == header


def test_only_who_is_not_known_is_asked_for_a_token() -> None:
    assert problem_response(Unauthenticated("no")).headers["www-authenticate"] == 'Bearer error="invalid_token"'
    assert problem_response(NoCredential("none")).headers["www-authenticate"] == "Bearer"
    assert "www-authenticate" not in problem_response(Forbidden("no")).headers


@pytest.mark.parametrize(("error", "retryable"), [(QuotaExceeded("many"), True), (NotFound("none"), False)])
def test_a_problem_says_whether_the_same_call_may_succeed_later(error: LockstepError, *, retryable: bool) -> None:
    assert problem_body(error)["retryable"] is retryable


def test_a_detail_counts_the_faults_that_it_does_not_have_and_the_remedy_names_all() -> None:
    document = {"name": "a", "steps": [{"name": "a", "kind": "noop"}], "egress": ["a b", "c d", "e f", "g h"]}
    with pytest.raises(InvalidDefinition) as refused:
        read_definition(document)
    body = problem_body(refused.value)
    assert len(refused.value.faults) == 4
    assert str(body["detail"]).endswith("; and 1 more")
    assert body["remedy"] == "correct what `errors` name, and send the request again"


def test_a_body_of_nothing_but_faults_is_answered_within_a_bound(client: TestClient) -> None:
    many = 5000
    answer = client.post("/numbers", json=dict.fromkeys((f"member{at}" for at in range(many)), "a value"))
    problem = answer.json()
    assert (answer.status_code, len(problem["errors"])) == (400, MAX_FAULTS)
    assert f"and {many + 1 - 5} more" in problem["detail"], "one is missing, and none of those that were sent is known"
    assert f"the first {MAX_FAULTS} of {many + 1}" in problem["detail"]
    assert all(fault["pointer"].startswith("/body/") for fault in problem["errors"])
    few = client.post("/numbers", json={"one": 1, "two": 2}).json()
    assert (len(few["errors"]), "the first" in few["detail"]) == (3, False)


def test_of_faults_that_no_answer_tells_none_is_put_into_words() -> None:
    asked: list[int] = []

    def counted(place: int) -> Fault:
        asked.append(place)
        return Fault(f"/{place}", "it is wrong")

    faults = worded(range(5000), counted)
    assert (len(faults), asked) == (5000, list(range(MAX_FAULTS))), "all are counted"


def test_a_definition_of_nothing_but_faults_is_answered_within_a_bound() -> None:
    with pytest.raises(InvalidDefinition) as refused:
        read_definition({"name": "n", "steps": [], **{f"member{at}": 1 for at in range(5000)}})
    body = problem_body(refused.value)
    told = body["errors"]
    assert isinstance(told, list)
    assert len(told) == MAX_FAULTS
    assert f"the first {MAX_FAULTS} of {len(refused.value.faults)}" in str(body["detail"])
    assert len(refused.value.faults) >= 5000
