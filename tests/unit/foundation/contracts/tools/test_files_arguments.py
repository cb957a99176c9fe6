"""What `files` takes: one action with its own arguments, paths below /work, and nothing that belongs to the job."""

from typing import Any

import pytest
from pydantic import ValidationError

from foundation.contracts.tools.files import FILES, FilesArguments

WHOLE: dict[str, dict[str, Any]] = {
    "read": {"path": "a/b.txt", "from_line": 2, "lines": 3},
    "write": {"path": "a/b.txt", "text": ""},
    "list": {"path": "a", "glob": "*.py"},
    "search": {"pattern": "x+", "path": "a", "glob": "*.py", "regex": True, "ignore_case": True},
    "patch": {"patch": "--- a\n+++ b\n", "path": "a"},
}


def refused(**given: Any) -> str:
    with pytest.raises(ValidationError) as wrong:
        FilesArguments.model_validate(given)
    return wrong.value.errors()[0]["msg"]


@pytest.mark.parametrize("action", WHOLE)
def test_each_action_takes_its_own_arguments(action: str) -> None:
    given = FilesArguments.model_validate({"action": action, "timeout_seconds": 5, **WHOLE[action]})
    assert given.model_dump(include=set(WHOLE[action])) == WHOLE[action]


@pytest.mark.parametrize("action", ["list", "search"])
def test_without_a_path_all_of_work_is_meant(action: str) -> None:
    more = {"pattern": "x"} if action == "search" else {}
    assert FilesArguments.model_validate({"action": action, **more}).path == "."


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"action": "read", "path": "a", "text": "x"}, "read takes no 'text'; it takes from_line, lines, path"),
        ({"action": "list", "pattern": "x"}, "list takes no 'pattern'; it takes glob, path"),
        ({"action": "write", "path": "a", "text": "x", "lines": 1}, "write takes no 'lines'; it takes path, text"),
        ({"action": "read"}, "read needs 'path'"),
        ({"action": "write", "path": "a"}, "write needs 'text'"),
        ({"action": "write", "text": "x"}, "write needs 'path'"),
        ({"action": "search"}, "search needs 'pattern'"),
        ({"action": "patch"}, "patch needs 'patch'"),
        ({"action": "patch", "patch": None}, "patch needs 'patch'"),
    ],
)
def test_what_an_action_does_not_take_or_lacks_is_named(given: dict[str, Any], said: str) -> None:
    assert refused(**given).endswith(said)


@pytest.mark.parametrize("path", [".", "main.py", "main.js", "in/a.csv", "in"])
def test_what_belongs_to_the_job_is_not_written(path: str) -> None:
    assert refused(action="write", path=path, text="x").endswith(
        f"{path!r} belongs to the job; write elsewhere below /work, or below out"
    )


@pytest.mark.parametrize("path", ["out/a.csv", "index/a", "src/main.py", "in.txt"])
def test_all_else_is_written_and_what_belongs_to_the_job_is_read(path: str) -> None:
    assert FilesArguments.model_validate({"action": "write", "path": path, "text": "x"}).path == path
    assert FilesArguments.model_validate({"action": "read", "path": "in/a.csv"}).path == "in/a.csv"


@pytest.mark.parametrize("path", ["/etc/passwd", "../a", "a/../b", ""])
def test_a_path_that_leads_elsewhere_is_refused(path: str) -> None:
    refused(action="read", path=path)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"action": "write", "path": "out/result.json", "text": "x"}, "where the tool writes its result"),
        ({"action": "search", "pattern": "a(", "regex": True}, "the pattern is no regular expression"),
        ({"action": "list", "glob": "/etc/*"}, "begin with no slash"),
        ({"action": "search", "pattern": "x", "glob": "a[b"}, "closed by"),
    ],
)
def test_what_can_never_be_done_is_refused(given: dict[str, Any], said: str) -> None:
    assert said in refused(**given)


def test_a_pattern_that_is_no_expression_has_its_place_and_one_that_is_not_known_yet_is_not_judged() -> None:
    [fault] = FILES.faults({"action": "search", "pattern": "a(", "regex": True})
    assert fault.pointer == "/pattern"
    for pattern in ("a(", "${inputs.words}("):
        assert FILES.faults({"action": "search", "pattern": pattern}) == []
    unknown = {"action": "search", "pattern": "(${inputs.words}", "regex": True, "glob": "${inputs.glob}/["}
    assert FILES.faults(unknown, expressions=True) == []
