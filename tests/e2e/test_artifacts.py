"""Uploads: under any name, of a type by its grammar, and final once they are there."""

import base64
import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from fixtures.running.stack import Member

pytestmark = pytest.mark.stack

SHOW = "import os; print(sorted(os.listdir('in'))); print(open('in/' + sorted(os.listdir('in'))[0]).read())"


def announced(member: Member, name: str, body: bytes = b"one", content_type: str = "text/csv") -> httpx.Response:
    wanted = {"name": name, "content_type": content_type, "size": len(body), "sha256": hashlib.sha256(body).hexdigest()}
    with member.api() as api:
        return api.post("/artifacts", json=wanted)


def send(form: dict[str, Any], body: bytes) -> int:
    return httpx.post(form["url"], data=form["fields"], files={"file": ("f", body)}, timeout=30).status_code


def shown(member: Member, artifact_id: str) -> dict[str, Any]:
    with member.api() as api:
        return dict(api.get(f"/artifacts/{artifact_id}").raise_for_status().json())


def listed_by_a_run(member: Member, **file: Any) -> dict[str, Any]:
    arguments = {"code": SHOW, "files": "${input.files}"}
    steps = [{"name": "a", "kind": "tool", "tool": "code.python", "arguments": arguments}]
    run = member.start({"steps": steps}, input={"files": [file]})
    member.ended(run["id"])
    return member.steps(run["id"])["a"]


@pytest.mark.parametrize(
    "name",
    ["données.csv", "a b (1).csv", "日本/🐧 “x”.csv", 'x"; filename=evil.html', ".hidden", "-rf", "é" * 127],
)
def test_a_name_is_kept_stored_staged_and_downloaded(member: Member, name: str) -> None:
    answer = announced(member, name)
    assert answer.status_code == 201, answer.text
    form = answer.json()
    assert send(form, b"one") == 204
    found = shown(member, form["id"])
    assert (found["status"], found["name"]) == ("READY", name)
    download = httpx.get(found["url"])
    assert download.content == b"one"
    last = name.rsplit("/", 1)[-1]
    if not last.isascii() or '"' in last:
        assert "filename*=UTF-8''" in download.headers["content-disposition"]
    step = listed_by_a_run(member, artifact=form["id"])
    top = name.split("/", maxsplit=1)[0]
    assert step["status"] == ("FAILED" if "/" in name else "SUCCESS"), step
    assert step["output"]["stdout"].splitlines()[0] == str([top])


@pytest.mark.parametrize("name", ["", "../x", "/etc/passwd", "a//b", "a\n", "a\0b", "..\\evil", "é" * 128])
def test_a_name_that_could_leave_its_folder_is_refused_with_its_place(member: Member, name: str) -> None:
    answer = announced(member, name)
    assert answer.status_code == 400
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/body/name"] or "\0" in name


@pytest.mark.parametrize("content_type", ["t\u0435xt/html", "text", "text/csv\r\nx: y", "text/csv;", "текст/csv"])
def test_a_content_type_outside_its_grammar_is_refused_with_its_place(member: Member, content_type: str) -> None:
    answer = announced(member, "x.bin", content_type=content_type)
    assert answer.status_code == 400
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/body/content_type"]


def test_a_content_type_with_a_parameter_is_served_as_it_is(member: Member) -> None:
    form = announced(member, "x.csv", content_type="text/csv; charset=utf-8").json()
    assert send(form, b"one") == 204
    assert httpx.get(shown(member, form["id"])["url"]).headers["content-type"] == "text/csv; charset=utf-8"


def test_what_was_used_by_a_run_does_not_change(member: Member) -> None:
    form = announced(member, "x.csv").json()
    assert send(form, b"one") == 204
    assert listed_by_a_run(member, artifact=form["id"])["output"]["stdout"] == "['x.csv']\none\n"
    send(form, b"two")
    assert httpx.get(shown(member, form["id"])["url"]).content == b"one"
    assert listed_by_a_run(member, artifact=form["id"])["output"]["stdout"] == "['x.csv']\none\n"


def test_what_the_api_has_shown_does_not_change(member: Member) -> None:
    form = announced(member, "x.csv").json()
    assert shown(member, form["id"])["status"] == "PENDING"
    assert send(form, b"one") == 204
    url = shown(member, form["id"])["url"]
    send(form, b"two")
    assert httpx.get(url).content == b"one"
    assert httpx.get(shown(member, form["id"])["url"]).content == b"one"


@pytest.mark.parametrize("first", [b"two", b"", b"longer"])
def test_what_is_not_what_was_announced_is_refused_and_never_ready(member: Member, first: bytes) -> None:
    form = announced(member, "x.csv").json()
    assert send(form, first) == 400
    found = shown(member, form["id"])
    assert (found["status"], found["url"]) == ("PENDING", None)
    step = listed_by_a_run(member, artifact=form["id"])
    assert (step["error"]["code"], step["attempt"]) == ("artifact_missing", 1)
    assert "nothing was uploaded" in step["error"]["detail"]
    assert send(form, b"one") == 204
    assert shown(member, form["id"])["status"] == "READY"


def test_an_upload_is_not_replaced_by_other_bytes_before_anybody_has_looked(member: Member) -> None:
    form = announced(member, "x.csv").json()
    assert send(form, b"one") == 204
    assert send(form, b"two") == 400
    assert listed_by_a_run(member, artifact=form["id"])["output"]["stdout"] == "['x.csv']\none\n"
    assert shown(member, form["id"])["status"] == "READY"


def test_a_form_without_its_digest_or_with_another_is_no_form(member: Member) -> None:
    form = announced(member, "x.csv").json()
    digest = "x-amz-checksum-sha256"
    bare = {name: value for name, value in form["fields"].items() if name != digest}
    other = form["fields"] | {digest: base64.b64encode(hashlib.sha256(b"two").digest()).decode()}
    assert {send(form | {"fields": fields}, b"two") for fields in (bare, other)} == {403}
    assert shown(member, form["id"])["status"] == "PENDING"


def test_an_upload_that_several_want_at_once_is_final_for_all_of_them(member: Member) -> None:
    """Whoever comes first takes the upload away from where it was sent to; that must not be nothing for the others."""
    forms = [announced(member, f"{number}.csv").json() for number in range(8)]
    assert {send(form, b"one") for form in forms} == {204}
    wanted = [form["id"] for form in forms for _ in range(4)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda artifact_id: shown(member, artifact_id)["status"], wanted))
    assert found == ["READY"] * len(wanted)


def test_steps_that_begin_together_with_one_upload_all_have_it(member: Member) -> None:
    form = announced(member, "shared.csv").json()
    assert send(form, b"one") == 204
    arguments = {"code": SHOW, "files": "${input.files}"}
    steps = [{"name": f"s{at}", "kind": "tool", "tool": "code.python", "arguments": arguments} for at in range(4)]
    run = member.ended(member.start({"steps": steps}, input={"files": [{"artifact": form["id"]}]})["id"])
    assert run["status"] == "COMPLETED", run["error"]
