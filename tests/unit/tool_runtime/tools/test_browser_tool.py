"""What the browser tool takes, what repeating a call of it would mean, and how its words become files of a job."""

import json
from typing import Any

import pytest

from foundation.contracts.tools.browser import BROWSER, MAX_STEPS, BrowserArguments
from foundation.domain.tools import CostClass, SandboxProfile, ToolEffect
from tool_runtime.tools.browser import BrowserTool
from tool_runtime.tools.registry import find_tool

START = {"goto": "https://example.com/"}


def faults(*steps: Any, **other: Any) -> list[str]:
    return [str(fault.detail) for fault in BROWSER.faults({"steps": list(steps), **other})]


def test_every_action_is_a_step() -> None:
    assert not faults(
        START,
        {"click": "text=More"},
        {"type": {"selector": "#q", "text": ""}},
        {"type": {"selector": "#q", "text": "lamp", "enter": True}},
        {"select": {"selector": "select", "value": "2026"}},
        {"wait_for": ".result"},
        {"extract": "markdown"},
        {"extract": "text", "selector": "h1"},
        {"extract": "html"},
        {"screenshot": "shots/one"},
        {"pdf": "one.PDF"},
        {"download": "a.file"},
        timeout_seconds=30,
    )


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ([], "at least 1 item"),
        ([{"click": "a"}], "the first step is a goto"),
        ([START] * (MAX_STEPS + 1), f"at most {MAX_STEPS} items"),
        ([START, {}], "this one has none"),
        ([START, {"click": "a", "extract": "text"}], "this one has click and extract"),
        ([START, {"click": "a", "selector": "b"}], "only extract takes a selector"),
        ([START, {"extract": "pdf"}], '"markdown", "text" or "html"'),
        ([START, {"tap": "a"}], "takes no 'tap'"),
        ([START, {"type": {"selector": "a"}}], "needs 'text'"),
        ([START, {"select": {"selector": "a", "value": 3}}], "a text is needed"),
        ([START, {"click": ""}], "at least 1 character"),
        ([START, {"screenshot": "../one"}], "is no part of a file's name"),
        ([START, {"screenshot": "downloads/one"}], "'downloads' is the tool's own name"),
        ([START, {"pdf": "result.json"}], "'result.json' is the tool's own name"),
        ([START, {"pdf": "x" * 201}], "at most 200 characters"),
        ([START, {"screenshot": "one"}, {"screenshot": "one.png"}], "two steps would make one file"),
        ([START, {"screenshot": "a.png"}, {"pdf": "a.png/b"}], "two steps would make one file"),
    ],
)
def test_what_is_no_list_of_steps_is_refused_in_words(steps: list[Any], words: str) -> None:
    found = faults(*steps)
    assert any(words in one for one in found), found


@pytest.mark.parametrize(
    "url",
    [
        *(
            "file:///etc/passwd",
            "chrome://version",
            "view-source:https://example.com/",
            "data:text/html,x",
            "about:blank",
        ),
        *("javascript:alert(1)", "ftp://example.com/", "https://127.0.0.1/", "http://[::1]/", "http://localhost/"),
        *(
            "https://me@example.com/",
            "https://example.com:0/",
            "https://ex ample.com/",
            "https://0x7f000001/",
            "example.com",
        ),
    ],
)
def test_only_full_names_of_hosts_on_the_web_are_gone_to(url: str) -> None:
    assert faults({"goto": url})


def test_with_a_session_the_first_step_may_go_on_where_it_stood() -> None:
    assert not faults({"click": "a"}, session="shop-1")
    for name in ("", "Shop", "a/b", "..", "x" * 41):
        assert faults({"click": "a"}, session=name)


def test_a_place_that_is_wrong_is_pointed_at() -> None:
    [fault] = BROWSER.faults({"steps": [START, {"type": {"selector": "a", "text": 3}}]})
    assert fault.pointer == "/steps/1/type/text"


def test_an_expression_stands_for_what_it_will_give() -> None:
    steps = [{"goto": "${input.url}"}, {"type": {"selector": "#q", "text": "${input.words}"}}]
    assert not BROWSER.faults({"steps": steps}, expressions=True)
    assert BROWSER.faults({"steps": steps})


@pytest.mark.parametrize(
    ("steps", "effect"),
    [
        ([START, {"wait_for": "a"}, {"extract": "text", "selector": "a"}, {"screenshot": "a"}, {"pdf": "b"}], "pure"),
        ([START, {"click": None, "extract": "text"}], "pure"),
        ([START, {"click": "a"}], "once"),
        ([START, {"type": {"selector": "a", "text": "b"}}], "once"),
        ([START, {"select": {"selector": "a", "value": "b"}}], "once"),
        ([START, {"download": "a"}], "once"),
        ("${steps.plan.output.result}", "once"),
        ([START, "${steps.plan.output.result}"], "once"),
        (None, "once"),
    ],
)
def test_looking_at_pages_may_be_done_again_and_using_them_may_not(steps: Any, effect: str) -> None:
    arguments = {} if steps is None else {"steps": steps}
    assert BROWSER.effect_of(arguments, reaches=True) == ToolEffect(effect)


def test_its_contract_says_that_it_is_heavy_and_needs_hosts() -> None:
    assert (BROWSER.cost, BROWSER.profile, BROWSER.needs_egress) == (CostClass.HEAVY, SandboxProfile.BROWSER, True)
    assert isinstance(find_tool("browser"), BrowserTool)
    schema = BROWSER.parameters
    assert {"steps", "session", "timeout_seconds"} == set(schema["properties"])
    assert schema["$defs"]["BrowserStep"]["minProperties"] == 1


def test_a_file_has_the_ending_of_what_it_is() -> None:
    given = BrowserArguments.model_validate(
        {"steps": [START, {"screenshot": "a"}, {"screenshot": "b.PNG"}, {"pdf": "a.png"}]}
    )
    assert [step.file for step in given.steps] == [None, "a.png", "b.PNG", "a.png.pdf"]


def test_no_word_of_the_caller_stands_in_the_command() -> None:
    steps = [START, {"extract": "text", "selector": "h1"}, {"screenshot": "one"}]
    made = BrowserTool().invocation({"steps": steps, "timeout_seconds": 9})
    assert "example.com" not in " ".join((*made.argv, *made.env.values()))
    [(name, content)] = made.files
    assert (name, made.wall_seconds) == ("in/browser.json", 9)
    assert json.loads(content) == {
        "seconds": 9,
        "session": None,
        "steps": [START | {"file": None}, steps[1] | {"file": None}, steps[2] | {"file": "one.png"}],
    }
    assert "'/opt/browser'" in made.argv[-1]
