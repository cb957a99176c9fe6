"""What `files` takes: one action with its own arguments, paths below /work, and nothing that belongs to the job."""

from typing import Any

import pytest
from pydantic import ValidationError

from foundation.contracts.tools.files import FilesArguments

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
