"""What a browser's call tells stays within its bounds, and an error of Playwright's is put in words of use."""

import json
from pathlib import Path
from typing import Any

import pytest

from tool_runtime.runner.result_document import read_result
from tool_runtime.tools.programs.browser import page_values
from tool_runtime.tools.programs.browser.failures import BrowserStepFailed, of_network, of_playwright, refused
from tool_runtime.tools.programs.browser.report import (
    FILES_BYTES,
    SHOWN_ITEMS,
    SHOWN_TEXT,
    SHOWN_TEXTS,
    SHOWN_URL,
    SHOWN_WORDS,
    Report,
)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def told(report: Report, out: Path) -> Any:
    report.write()
    assert [path.name for path in out.parent.iterdir()] == ["out"]
    return json.loads((out / "result.json").read_text())


def test_a_result_has_every_member_from_the_beginning(out: Path) -> None:
    lists: dict[str, Any] = {name: [] for name in ("extracted", "saved", "dialogs", "popups", "unreached")}
    nothing = dict.fromkeys(("url", "title", "status", "session", "error"))
    assert told(Report(out), out) == {**nothing, **lists, "steps_done": 0, "left_out": {}}


def test_a_step_that_is_done_takes_back_what_stood_there_in_case_that_it_was_not(out: Path) -> None:
    report = Report(out)
    report.fail(BrowserStepFailed("interrupted", "ended"), step=0, action="goto")
    assert told(report, out)["error"] == {"code": "interrupted", "detail": "ended", "step": 0, "action": "goto"}
    report.step_done()
    assert (told(report, out)["error"], told(report, out)["steps_done"], report.steps_done) == (None, 1, 1)


def test_the_first_of_a_list_are_told_and_the_others_counted(out: Path) -> None:
    report = Report(out)
    for number in range(SHOWN_ITEMS + 3):
        report.add("popups", f"http://example.com/{number}")
        report.add("popups", "http://example.com/0")
    result = told(report, out)
    assert len(result["popups"]) == SHOWN_ITEMS
    assert result["left_out"] == {"popups": 3}


def test_a_title_that_could_not_be_read_stays_while_the_page_is_the_same(out: Path) -> None:
    report = Report(out)
    report.stands("http://a.example/", "A", 200)
    report.stands("http://a.example/", None, 200)
    assert told(report, out)["title"] == "A"
    report.stands("http://b.example/", None, None)
    assert (told(report, out)["title"], told(report, out)["status"]) == (None, None)


def test_a_short_text_is_told_whole_and_is_no_file(out: Path) -> None:
    report = Report(out)
    report.extract(3, "text", "page", "lamp", cut=False)
    assert told(report, out)["extracted"] == [
        {"step": 3, "format": "text", "of": "page", "text": "lamp", "truncated": False, "file": None}
    ]
    assert [path.name for path in out.iterdir()] == ["result.json"]


@pytest.mark.parametrize("letter", ["x", "灯", '"', "\n"])
def test_long_texts_are_told_in_part_by_what_they_take_as_json_and_kept_whole(out: Path, letter: str) -> None:
    report, text = Report(out), letter * SHOWN_TEXT * 2
    for step in range(5):
        report.extract(step, "markdown", "page", text, cut=False)
    extracted = told(report, out)["extracted"]
    assert all(one["truncated"] for one in extracted)
    assert SHOWN_TEXT // 2 < len(json.dumps(extracted[0]["text"], ensure_ascii=False).encode()) <= SHOWN_TEXT + 2
    assert len((out / "result.json").read_bytes()) < SHOWN_TEXTS * 2 + 4096
    assert (out / extracted[4]["file"]).read_text() == text
    assert extracted[4]["file"] == "extracted/4.md"


def test_a_text_that_the_page_had_more_of_is_told_so(out: Path) -> None:
    report = Report(out)
    report.extract(0, "html", "page", "<p>", cut=True)
    [one] = told(report, out)["extracted"]
    assert (one["truncated"], one["file"]) == (True, "extracted/0.html")


def test_files_have_their_room_together(out: Path) -> None:
    report = Report(out)
    report.save(1, "shots/a.png", bytes(10), truncated=True)
    assert told(report, out)["saved"] == [{"step": 1, "name": "shots/a.png", "size": 10, "truncated": True}]
    assert report.bytes_left == FILES_BYTES - 10
    with pytest.raises(BrowserStepFailed, match="are left for the files") as failed:
        report.save(2, "b.png", bytes(FILES_BYTES - 9))
    assert failed.value.code == "too_large"
    assert not (out / "b.png").exists()


@pytest.mark.parametrize(
    ("name", "second"), [("a.tar.gz", "a.tar (2).gz"), ("noend", "noend (2)"), (".env", ".env (2)")]
)
def test_a_name_that_is_taken_is_numbered(out: Path, name: str, second: str) -> None:
    report = Report(out)
    assert report.free_name(name) == name
    (out / name).touch()
    assert report.free_name(name) == second
    (out / second).touch()
    assert report.free_name(name) == second.replace("2", "3")


def test_everything_that_a_page_can_say_fits_into_one_result(out: Path) -> None:
    report, wide = Report(out), "漢\0\ud800" * 2000
    for number in range(50):
        report.add("popups", f"{number}{wide}"[:SHOWN_URL])
        report.add("unreached", {"url": f"{number}{wide}"[:SHOWN_WORDS], "reason": wide[:SHOWN_WORDS]})
        report.add("dialogs", {"type": "alert", "message": f"{number}{wide}"[:SHOWN_WORDS]})
        report.extract(number, "text", "page", wide, cut=False)
        report.save(number, f"{number}/" + "/".join(["漢" * 64] * 3), b"")
    report.stands(wide, wide, 200)
    report.fail(BrowserStepFailed("not_found", wide), step=49, action="click")
    result = told(report, out)
    assert (result["error"]["code"], len(result["extracted"]), len(result["saved"])) == ("not_found", 50, 50)
    assert all(len(result[name]) + result["left_out"][name] == 50 for name in ("popups", "unreached", "dialogs"))
    document, trouble = read_result({"result.json": (out / "result.json").read_bytes()}, ())
    assert (trouble, document["title"][:3]) == (None, "漢\ufffd\ufffd")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Page.goto: net::ERR_TUNNEL_CONNECTION_FAILED at https://a.example/\nCall log:", "egress_denied"),
        ("Page.goto: net::ERR_PROXY_CONNECTION_FAILED at http://a.example/", "egress_denied"),
        ("Page.goto: net::ERR_TOO_MANY_REDIRECTS at http://a.example/", "too_many_redirects"),
        ("Page.goto: net::ERR_CERT_AUTHORITY_INVALID at https://a.example/", "certificate"),
        ("Page.goto: net::ERR_SSL_PROTOCOL_ERROR at https://a.example/", "certificate"),
        ("Page.goto: net::ERR_CONNECTION_CLOSED at https://a.example/", "connection_failed"),
        ("Page.goto: net::ERR_UNKNOWN_URL_SCHEME at foo:bar", "refused_url"),
        ("Locator.click: Error: strict mode violation: locator('a') resolved to 2 elements:\n  1) <a>", "ambiguous"),
        ("Locator.click: Timeout 10000ms exceeded.\nCall log:\n  - waiting", "timed_out"),
        ('Locator.click: Unexpected token "" while parsing css selector "a["', "bad_selector"),
        ('Locator.click: Unknown engine "a" while parsing selector a=b', "bad_selector"),
        ("Locator.click: Target crashed", "page_crashed"),
        ("Page.title: Target page, context or browser has been closed", "page_closed"),
        ("Locator.fill: Error: Element is not an <input>", "not_possible"),
    ],
)
def test_an_error_of_playwright_s_has_a_code_of_ours(words: str, code: str) -> None:
    assert of_playwright(words).code == code


def test_an_error_is_told_with_its_place_and_bounded() -> None:
    assert of_playwright("Page.goto: net::ERR_CONNECTION_RESET at http://a.example/x\nCall log:").detail == (
        "http://a.example/x: the connection failed (ERR_CONNECTION_RESET)"
    )
    long = of_playwright("Locator.fill: Error: no\n\n====\n" + "\x1b[2m  - tried\x1b[22m\n" * 500)
    assert long.detail == "the browser cannot do this here: no"
    assert of_network("ERR_FAILED", "").detail == "the connection failed (ERR_FAILED)"
    assert refused("http://a.example/", "host_not_allowed").detail.startswith(
        "http://a.example/: the proxy of this job refused it (host_not_allowed); the task's `egress` has to name"
    )


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (
            "port_not_allowed",
            "(port_not_allowed); only the ports 80 and 443, and those that an operator opened, are reached",
        ),
        ("name_unresolved", "(name_unresolved); there is no public server of this name"),
        ("above_ceiling", "(above_ceiling); the tenant's egress policy has to allow the host"),
        ("too_many_requests", "(too_many_requests)"),
    ],
)
def test_a_refusal_of_the_proxy_says_what_would_help(reason: str, said: str) -> None:
    failed = refused("http://a.example/", reason)
    assert (failed.code, failed.detail) == (
        "egress_denied",
        f"http://a.example/: the proxy of this job refused it {said}",
    )


STRICT = (
    "Locator.click: Error: strict mode violation: locator('a') resolved to 2 elements:\n"
    "    1) <a>One</a> aka get_by_role('link', name='One')\n    2) <a>Two</a> aka get_by_text('Two')\n"
)
WAIT = 'Locator.wait_for: Timeout 10000ms exceeded.\nCall log:\n  - waiting for locator("#a") to be visible\n'
CLICK = 'Locator.click: Timeout 10000ms exceeded.\nCall log:\n\x1b[2m  - waiting for locator("#a")\x1b[22m\n'


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (f"{CLICK}    - element is not visible\n", "is not shown; open first what hides it"),
        (f"{CLICK}    - element is not enabled\n", "is disabled"),
        (f"{CLICK}    - element is not stable\n", "does not stop moving"),
        (f'{CLICK}    - <div id="b">…</div> intercepts pointer events\n', 'lies over it: <div id="b">…</div>; close'),
        (CLICK, "wait for an element of it"),
        (WAIT, "wait for an element of it"),
        (f"{WAIT}    - locator resolved to hidden <p id=a></p>\n", "the element is there, and is not shown"),
        (
            STRICT,
            "more than one element: <a>One</a>; <a>Two</a>. Write one that fits one of them",
        ),
        (
            'Locator.click: Unexpected token "" while parsing css selector "a["',
            ': Unexpected token "" while parsing css',
        ),
        (
            "Locator.click: TypeError: x\n    at InjectedScript._queryEngineAll (<anonymous>:1:2)",
            "cannot be followed; write",
        ),
        ("Locator.click: internal:control=enter-frame is not followed", "cannot be followed; write CSS"),
        (
            "Locator.fill: Error: Element is not an <input>\nCall log:\n  - fill",
            "cannot do this here: Element is not an <input>",
        ),
        ("Page.title: Target page, context or browser has been closed", "the page was closed"),
    ],
)
def test_an_error_of_playwright_s_says_what_to_do_and_none_of_its_account(words: str, said: str) -> None:
    detail = of_playwright(words).detail
    assert said in detail
    for raw in ("Call log", "Locator.", "Page.", "\x1b", "Timeout", "strict mode", "aka ", "InjectedScript", "\n"):
        assert raw not in detail


@pytest.mark.parametrize("value", [None, 3, "text", [None], [["a"]], {"0": "a"}, [{}], [True]])
def test_a_page_that_answers_with_no_texts_is_told_as_one(value: object) -> None:
    with pytest.raises(BrowserStepFailed, match="no text") as failed:
        page_values.texts(value)
    assert failed.value.code == "odd_page"


@pytest.mark.parametrize("value", [None, "1", True, float("nan"), float("inf"), [1], {}])
def test_a_size_that_is_none_is_told_as_one(value: object) -> None:
    with pytest.raises(BrowserStepFailed, match="no size"):
        page_values.size(value)


@pytest.mark.parametrize("value", [None, [1], [1, 2, 3], "ab", {}])
def test_two_values_are_two(value: object) -> None:
    with pytest.raises(BrowserStepFailed, match="something else"):
        page_values.pair(value)


def test_texts_and_sizes_of_a_page_are_taken_clean() -> None:
    assert page_values.texts(["a\0", "\ud800b"]) == ["a\ufffd", "\ufffdb"]
    assert [page_values.size(value) for value in (-3, 0, 7.9, 1e300)] == [1, 1, 7, int(1e300)]
