"""Every door of the API takes only what can be stored, keeps it as it was sent, and says what it does not take."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from fixtures.api.problems import problem
from fixtures.running.stack import Member

pytestmark = pytest.mark.stack

NOOP = {"name": "only", "kind": "noop"}


@pytest.fixture
def api(member: Member) -> Iterator[httpx.Client]:
    with member.api() as client:
        yield client


def made(api: httpx.Client, **changes: Any) -> dict[str, Any]:
    answer = api.post("/tasks", json={"name": f"task {uuid4()}", "steps": [NOOP], **changes})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def post_text(api: httpx.Client, path: str, text: str, *, kind: str = "application/json") -> httpx.Response:
    return api.post(path, content=text.encode("utf-8"), headers={"content-type": kind})


@pytest.mark.parametrize("escape", ["\\u0000", "\\u0001", "\\ufffd", "\\ud83d", "\\x00"])
def test_a_program_that_speaks_of_an_escape_is_kept_as_it_was_sent(api: httpx.Client, escape: str) -> None:
    code = f"print('a{escape}b')"
    step = {"name": "a", "kind": "tool", "tool": "code.python", "arguments": {"code": code}}
    task = made(api, steps=[step])
    assert task["definition"]["steps"][0]["arguments"]["code"] == code
    assert api.get(f"/tasks/{task['id']}").json()["definition"] == task["definition"]


def test_an_input_comes_back_as_it_was_sent(api: httpx.Client) -> None:
    value = {
        "text": "\\u0000 Ünïcödé \U0001f427 \t",
        "numbers": [0, -1, 2**63 - 1, -(2**63), 1.5, 1e300],
        "deep": [[[]]],
    }
    run = api.post("/runs", json={"task_id": made(api)["id"], "input": value})
    assert run.status_code == 201, run.text
    assert run.json()["input"] == value
    assert api.get(f"/runs/{run.json()['id']}").json()["input"] == value


BAD: dict[str, str] = {
    "U+0000": '"a\\u0000b"',
    "half a surrogate pair": '"\\ud83d"',
    "halves in the wrong order": '"\\udc27\\ud83d"',
    "NaN": "NaN",
    "Infinity": "-Infinity",
    "a number beyond a double": "1e999",
    "an integer beyond 64 bits": "9223372036854775808",
    "an integer of 5,000 digits": "9" * 5000,
    "a value nested 300 deep": "[" * 300 + "]" * 300,
    "a value nested 100,000 deep": "[" * 100_000 + "]" * 100_000,
    "a key that stands twice": '{"b": 1, "b": 2}',
    "U+0000 in a key": '{"a\\u0000": 1}',
}


@pytest.mark.parametrize("bad", BAD)
def test_an_input_that_cannot_be_stored_is_refused_with_its_place(api: httpx.Client, bad: str) -> None:
    task = made(api)
    answer = post_text(api, "/runs", f'{{"task_id": "{task["id"]}", "input": {{"n": {BAD[bad]}}}}}')
    body = problem(answer, 400, "bad_request")
    assert body["errors"][0]["pointer"].startswith("/body") or "nested" in body["detail"]
    assert body["remedy"]
    assert api.get("/runs").json()["items"] == []


@pytest.mark.parametrize("bad", BAD)
def test_a_definition_that_cannot_be_stored_is_refused(api: httpx.Client, bad: str) -> None:
    step = '{"name": "a", "kind": "tool", "tool": "code.python", "arguments": {"code": "1", "files": [%s]}}'
    answer = post_text(api, "/tasks", f'{{"name": "x", "steps": [{step % BAD[bad]}]}}')
    problem(answer, 400, "bad_request")
    assert api.get("/tasks").json()["items"] == []


def test_a_body_that_is_no_utf_8_is_refused(api: httpx.Client) -> None:
    answer = api.post("/runs", content='{"a": "é"}'.encode("latin-1"), headers={"content-type": "application/json"})
    assert "UTF-8" in problem(answer, 400, "bad_request")["detail"]


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("/tasks?name=a%00b", "/query/name"),
        ("/tasks?name=%ED%A0%BD", "/query/name"),
        ("/tasks?name=%ff", "/query/name"),
        ("/tasks?a%00b=1", "/query"),
        ("/runs?cursor=%00", "/query/cursor"),
        ("/breakers/a%00b/c", "/path"),
        ("/breakers/%ff/c", "/path"),
        ("/tasks/%00", "/path"),
        ("%2Fruns", "/path"),
        ("/runs%2Fx", "/path"),
        ("/runs/%5Cx", "/path"),
        ("/breakers/a%2Fb/c", "/path"),
    ],
)
def test_a_path_or_query_that_cannot_be_kept_is_refused_with_its_place(
    api: httpx.Client, path: str, pointer: str
) -> None:
    problem(api.get(path), 400, "bad_request", pointer=pointer)


@pytest.mark.parametrize("version", ["3000000000", "9223372036854775808", "9" * 5000, "0", "-1", "1.5", "1e2", "true"])
def test_a_version_that_no_task_can_have_is_refused(api: httpx.Client, version: str) -> None:
    task = made(api)
    problem(api.get(f"/tasks/{task['id']}", params={"version": version}), 400, "bad_request", pointer="/query/version")
    if version.isdigit() and len(version) < 11:
        answer = post_text(api, "/runs", f'{{"task_id": "{task["id"]}", "task_version": {version}}}')
        problem(answer, 400, "bad_request", pointer="/body/task_version")


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("limit=1&limit=2", "/query/limit"),
        ("statsu=FAILED", "/query/statsu"),
        ("limit=1_0", "/query/limit"),
        ("limit=%201", "/query/limit"),
        ("limit=1.0", "/query/limit"),
        ("limit=%D9%A1", "/query/limit"),
        ("status=FAILED&status=FAILED", "/query/status"),
    ],
)
def test_a_query_that_says_two_things_or_nothing_that_is_known_is_refused(
    api: httpx.Client, query: str, pointer: str
) -> None:
    problem(api.get(f"/runs?{query}"), 400, "bad_request", pointer=pointer)


def test_a_parameter_that_takes_many_values_may_stand_as_often(api: httpx.Client) -> None:
    assert api.get("/usage?group_by=day&group_by=model").status_code == 200


@pytest.mark.parametrize("margin", ["1_0", " 2", "١", "NaN", "Infinity", "1e1"])
def test_a_margin_is_a_plain_decimal(api: httpx.Client, margin: str) -> None:
    answer = api.put("/budget-policy", json={"bounds": {"margin": margin}})
    problem(answer, 400, "bad_request", pointer="/body/bounds/margin")


@pytest.mark.parametrize(
    "margin", ["1.20000000000000000001", "1.2000000000000001", "99.99999999999999999999", "1e-400"]
)
def test_a_margin_as_a_number_is_never_rounded_to_one_that_is_taken(api: httpx.Client, margin: str) -> None:
    body = f'{{"bounds": {{"margin": {margin}}}}}'
    answer = api.put("/budget-policy", content=body, headers={"content-type": "application/json"})
    problem(answer, 400, "bad_request", pointer="/body/bounds/margin")


def test_a_patch_to_a_name_that_is_taken_is_a_conflict_and_changes_nothing(api: httpx.Client) -> None:
    first, second = made(api), made(api)
    body = {"name": first["name"], "steps": [NOOP]}
    answer = api.patch(f"/tasks/{second['id']}", json=body, headers={"if-match": '"1"'})
    assert problem(answer, 409, "conflict")["remedy"]
    assert api.get(f"/tasks/{second['id']}").json().items() <= second.items()
    # the name of an archived task is free
    assert api.delete(f"/tasks/{first['id']}").status_code == 204
    assert api.patch(f"/tasks/{second['id']}", json=body, headers={"if-match": '"1"'}).status_code == 200


@pytest.mark.parametrize(
    "text",
    [
        "name: x\nsteps:\n  - name: yes\n    kind: noop\n",
        "name: x\nsteps:\n  - {name: a, kind: noop, timeout_seconds: 010}\n",
        "name: x\nsteps:\n  - {name: a, kind: noop, timeout_seconds: 1:30}\n",
        "name: 2024-01-01\nsteps:\n  - {name: a, kind: noop}\n",
        "name: x\nbudget: {tokens: .nan}\nsteps:\n  - {name: a, kind: noop}\n",
        "name: x\nbudget: {tokens: '5'}\nsteps:\n  - {name: a, kind: noop}\n",
        "name: x\nbudget: {tokens: 5.0}\nsteps:\n  - {name: a, kind: noop}\n",
        "name: x\nsteps:\n  - {name: a, kind: noop, timeout_seconds: true}\n",
        "name: 5\nsteps:\n  - {name: a, kind: noop}\n",
    ],
)
def test_a_definition_in_yaml_that_says_another_type_is_refused(api: httpx.Client, text: str) -> None:
    body = problem(post_text(api, "/tasks", text, kind="application/yaml"), 422, "invalid_definition")
    assert body["errors"]
    assert api.get("/tasks").json()["items"] == []


def test_a_key_that_stands_twice_in_yaml_is_told_with_key_line_and_column(api: httpx.Client) -> None:
    text = "name: x\nsteps:\n  - name: b\n    kind: noop\n    needs: [a]\n    needs: []\n"
    body = problem(post_text(api, "/tasks", text, kind="application/yaml"), 400, "bad_request", pointer="/steps/0")
    assert "'needs'" in body["detail"]
    assert "line 6, column 5" in body["detail"]


@pytest.mark.parametrize("value", ['"5"', "5.0", "true", "[5]", "1e1"])
@pytest.mark.parametrize("member_of", ["timeout_seconds", "budget"])
def test_a_number_of_a_definition_is_never_made_of_something_else(
    api: httpx.Client, value: str, member_of: str
) -> None:
    given = f'{{"tokens": {value}}}' if member_of == "budget" else value
    answer = post_text(api, "/tasks", f'{{"name": "x", "{member_of}": {given}, "steps": [{json.dumps(NOOP)}]}}')
    problem(answer, 422, "invalid_definition")


@pytest.mark.parametrize("kind", ["text/html", "application/x-www-form-urlencoded", "text/plain", "application/xml"])
@pytest.mark.parametrize("path", ["/tasks", "/runs", "/artifacts"])
def test_a_body_of_another_type_is_told_so(api: httpx.Client, path: str, kind: str) -> None:
    assert problem(post_text(api, path, "{}", kind=kind), 415, "unsupported_media_type")["remedy"]


@pytest.mark.parametrize("depth", [300, 800, 5000])
def test_a_row_that_is_too_deep_takes_no_list_with_it(api: httpx.Client, member: Member, depth: int) -> None:
    """Rows from before such values were refused."""
    run = member.ended(api.post("/runs", json={"task_id": made(api)["id"]}).json()["id"])
    deep = "[" * depth + "]" * depth
    with member.stack.superuser() as connection:
        connection.execute("UPDATE runs SET output = CAST(%s AS jsonb) WHERE run_id = %s", [deep, run["id"]])
        connection.execute("UPDATE steps SET output = CAST(%s AS jsonb) WHERE run_id = %s", [deep, run["id"]])
    for path in ("/runs", f"/runs/{run['id']}", f"/runs/{run['id']}/steps"):
        assert api.get(path).status_code == 200
    output = api.get(f"/runs/{run['id']}").json()["output"]
    assert output["text"] == deep
    assert "nested" in output["unreadable"] or "cannot be read" in output["unreadable"]
