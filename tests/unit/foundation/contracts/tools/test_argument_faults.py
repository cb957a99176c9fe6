"""What is wrong with a tool's arguments is told in words that name the tool, at the place below them."""

from typing import Any

import pytest
from pydantic import BaseModel

from foundation.contracts.tools.arguments import ProgramArguments, ToolArguments, faults_of
from foundation.contracts.tools.calls.staged_files import entries_of, read_files, written_file_faults
from foundation.domain.errors import Fault

ARTIFACT = "0198b1e8-6f3c-7a9b-8a54-0a6b1c2d3e4f"


class _Range(BaseModel):
    first: int


class _Arguments(ToolArguments):
    code: str
    lines: _Range | None = None


def faults(arguments: Any, *, expressions: bool = False) -> list[Fault]:
    return faults_of("a.tool", _Arguments, arguments, expressions=expressions)


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ({}, Fault("", "a.tool needs 'code'")),
        ({"code": "x", "lines": {}}, Fault("/lines", "a.tool needs 'first'")),
        ({"code": "x", "speed": 1}, Fault("/speed", "a.tool takes no 'speed'")),
        ({"code": 5}, Fault("/code", "a text is needed")),
    ],
)
def test_a_fault_names_what_is_missing_or_too_much(arguments: Any, fault: Fault) -> None:
    assert faults(arguments) == [fault]


def test_what_is_no_object_is_at_fault_as_a_whole() -> None:
    [fault] = faults(7)
    assert fault.pointer == ""


def test_arguments_that_fit_have_no_fault() -> None:
    assert faults({"code": "x", "lines": {"first": 1}, "timeout_seconds": 3600}) == []
    assert [fault.pointer for fault in faults({"code": "x", "timeout_seconds": 3601})] == ["/timeout_seconds"]


@pytest.mark.parametrize(
    ("arguments", "places"),
    [
        ({"code": "x", "timeout_seconds": "${input.t}"}, []),
        ({"code": "x", "timeout_seconds": "in ${input.t}"}, ["/timeout_seconds"]),
        ({"code": "x", "timeout_seconds": "soon"}, ["/timeout_seconds"]),
        ({"timeout_seconds": "${input.t}"}, [""]),
        ({"code": "x", "speed": "${input.s}"}, ["/speed"]),
    ],
)
def test_what_an_expression_will_give_is_not_judged_before(arguments: Any, places: list[str]) -> None:
    assert [fault.pointer for fault in faults(arguments, expressions=True)] == places


def test_without_expressions_one_is_a_text_like_any_other() -> None:
    assert [fault.pointer for fault in faults({"code": "x", "timeout_seconds": "${input.t}"})] == ["/timeout_seconds"]


def test_a_value_that_cannot_be_stored_is_told_by_its_place_within_the_argument() -> None:
    [fault] = faults_of("a.tool", ProgramArguments, {"inputs": {"a": ["\0"]}}, expressions=False)
    assert fault.pointer == "/inputs/a/0"
    assert fault.detail.startswith("U+0000")


def test_the_inputs_take_their_name_only_where_they_are_given() -> None:
    assert list(ProgramArguments.names_taken({"inputs": 1})) == ["inputs.json"]
    assert list(ProgramArguments.names_taken({"timeout_seconds": 1})) == []
    assert list(ProgramArguments(inputs=None).input_files()) == ["inputs.json"]
    assert list(ProgramArguments().input_files()) == []
    assert list(ToolArguments.names_taken({"inputs": 1})) == []


def test_files_are_one_or_lists_of_lists_and_null_is_none() -> None:
    assert list(entries_of([1, [2, None, [3]]])) == [((0,), 1), ((1, 0), 2), ((1, 2, 0), 3)]
    assert list(entries_of(5)) == [((), 5)]
    assert list(entries_of(None)) == []


def test_a_file_is_read_or_at_fault_by_its_place() -> None:
    read, at_fault = read_files([{"artifact": ARTIFACT.upper(), "size": 3}, {"artifact": "x"}, "y"])
    assert [(one.artifact, one.name) for one in read] == [(ARTIFACT, None)]
    assert [fault.pointer for fault in at_fault] == ["/1/artifact", "/2"]
    assert at_fault[0].detail.startswith("an artifact's id is a UUID")
    assert at_fault[1].detail.startswith("a file is")


@pytest.mark.parametrize(
    ("files", "place", "word"),
    [
        ([{"artifact": ARTIFACT, "name": "a"}, {"artifact": ARTIFACT, "name": "a"}], "/1/name", "'a' and 'a'"),
        ([{"artifact": ARTIFACT, "name": "a/b"}, {"artifact": ARTIFACT, "name": "a"}], "/1/name", "'a/b' and 'a'"),
        ([{"artifact": ARTIFACT}, {"artifact": ARTIFACT}], "/1", f"artifact {ARTIFACT} and artifact"),
        ({"artifact": ARTIFACT, "name": "taken"}, "/name", "'taken' and 'taken'"),
        ({"artifact": ARTIFACT, "name": "taken/x"}, "/name", "'taken' and 'taken/x'"),
    ],
)
def test_two_files_cannot_lie_in_each_others_way(files: Any, place: str, word: str) -> None:
    [fault] = written_file_faults(files, taken=["taken"])
    assert fault.pointer == place
    assert word in fault.detail


@pytest.mark.parametrize(
    "files",
    [
        [{"artifact": ARTIFACT}, {"artifact": ARTIFACT, "name": ARTIFACT}],
        [{"artifact": ARTIFACT, "name": "${input.a}"}, {"artifact": ARTIFACT, "name": "${input.a}"}],
        [{"artifact": "${input.a}"}, {"artifact": "${input.a}"}],
        ["${input.a}", "${input.a}"],
        None,
    ],
)
def test_what_an_expression_names_is_in_nobodys_way_yet(files: Any) -> None:
    assert written_file_faults(files) == []


def test_a_written_file_that_is_at_fault_is_told_within_the_list() -> None:
    faults_found = written_file_faults([[{"artifact": ARTIFACT}], [{"artifact": ARTIFACT, "name": "../x"}]])
    assert [fault.pointer for fault in faults_found] == ["/1/0/name"]
