"""What a tool of an MCP server answers is told whole or in part, fits, and is kept whole beside it."""

import base64
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tool_runtime.runner.result_document import read_result
from tool_runtime.tools.programs.mcp_client.answers import MOST_PARTS, SHOWN_BYTES, McpAnswer
from tool_runtime.tools.programs.results import write_result


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (folder := tmp_path / "out").mkdir()
    return folder


def text(words: str) -> SimpleNamespace:
    return SimpleNamespace(type="text", text=words)


def link(**about: str) -> SimpleNamespace:
    return SimpleNamespace(type="resource_link", **{"uri": "x:y", "name": "n", "description": None, **about})


def told(out: Path, *content: SimpleNamespace, structured: Any = None, is_error: bool = False) -> Any:
    answer = SimpleNamespace(content=content, structured_content=structured, is_error=is_error)
    write_result(McpAnswer(out).of(answer), out)
    document, trouble = read_result({"result.json": (out / "result.json").read_bytes()}, ())
    assert trouble is None
    return document


def test_a_text_is_measured_as_it_is_sent(out: Path) -> None:
    letters = "Ж" * 49_000
    assert told(out, text(letters))["content"] == [{"type": "text", "text": letters}]


def test_what_cannot_be_stored_is_replaced_and_counted(out: Path) -> None:
    assert told(out, text("a\0b\ud800\ufffd"))["content"] == [
        {"type": "text", "text": "a\ufffdb\ufffd\ufffd", "replaced": 2}
    ]
    assert told(out, text("no\0"), is_error=True)["error"] == {"code": "tool_error", "detail": "no\ufffd"}


@pytest.mark.parametrize("letter", ["x", "漢", '"', "\x01", "\0", "\U0001f600"])
def test_every_part_that_there_can_be_fits(out: Path, letter: str) -> None:
    long = letter * SHOWN_BYTES
    texts = told(out, *[text(long)] * MOST_PARTS)["content"]
    assert all(len((out / part["file"]).read_text()) == len(long) for part in texts)
    assert texts[0]["text"]
    links = told(out, *[link(uri=long, name=long, description=long)] * MOST_PARTS)["content"]
    assert all(json.loads((out / part["file"]).read_text())["name"] == long for part in links)
    assert all(part["truncated"] for part in links)
    picture = SimpleNamespace(type="image", data=base64.b64encode(b"png").decode(), mime_type=long)
    assert len(told(out, *[picture] * MOST_PARTS)["content"]) == MOST_PARTS
    resource = SimpleNamespace(type="resource", resource=SimpleNamespace(uri=long, text=long, blob=None))
    [part] = told(out, resource)["content"]
    assert (out / part["file"]).read_text() == long
    assert json.loads((out / part["uri_file"]).read_text()) == {"uri": long}


def test_short_links_stand_whole(out: Path) -> None:
    assert told(out, link(description="what"))["content"] == [
        {"type": "resource_link", "uri": "x:y", "name": "n", "description": "what"}
    ]


def test_data_is_data_or_a_file_and_where_it_cannot_be_stored_an_error_with_its_place(out: Path) -> None:
    assert told(out, structured={"a": "漢"}) == {"content": [], "structured": {"a": "漢"}}
    large = {"a": "x" * SHOWN_BYTES}
    result = told(out, structured=large)
    assert ("error" in result, json.loads((out / result["content"][0]["file"]).read_text())) == (False, large)
    result = told(out, text("done"), structured={"a": [2**64]})
    assert (result["content"][0], result["error"]["code"]) == ({"type": "text", "text": "done"}, "answer_invalid")
    assert "/a/0: a number has more than 64 bits" in result["error"]["detail"]
    assert json.loads((out / result["content"][1]["file"]).read_text()) == {"a": [2**64]}
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    assert told(out, structured=deep)["error"]["code"] == "answer_invalid"
