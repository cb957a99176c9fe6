"""Names of git are refused where git itself would refuse them, and no others."""

import subprocess

import pytest

from foundation.contracts.accepted.git_names import branch_name, revision
from foundation.contracts.tools.code_agent import CODE_AGENT
from foundation.contracts.tools.git import GIT

NAMES = (
    *("main", "feature/x-1", "v1.2", "a.b/c", "x@y", "a{b}", "release/2026.1", "UPPER_case", "a@", "#1", "a,b", "(x)"),
    *(
        "a..b",
        "a/",
        "/a",
        "a//b",
        ".a",
        "a/.b",
        "a.",
        "a.lock",
        "a.lock/b",
        "a~1",
        "a^",
        "a:b",
        "a?",
        "a*",
        "a[b",
        "a\\b",
    ),
    *("a@{1}", "@", "HEAD", "-a", "a b", "a\tb"),
)


@pytest.mark.parametrize("name", NAMES)
def test_a_branch_has_a_name_that_git_takes(name: str) -> None:
    done = subprocess.run(["git", "check-ref-format", "--branch", name], capture_output=True, check=False, cwd="/")
    # Git takes both for what is there now; neither is a branch to go to.
    is_taken = done.returncode == 0 and name not in {"@", "HEAD"}
    if is_taken:
        assert branch_name(name) == name
        return
    with pytest.raises(ValueError, match=r"."):
        branch_name(name)


@pytest.mark.parametrize(
    "text",
    [
        "main",
        "HEAD",
        "@",
        "HEAD~2",
        "main^",
        "main^2~3",
        "v1^{commit}",
        "v1^{}",
        "@{1}",
        "main@{1}",
        "0123abc",
        "f" * 40,
        "v1-3-gabc",
    ],
)
def test_a_commit_may_be_named_by_steps(text: str) -> None:
    assert revision(text) == text


@pytest.mark.parametrize(
    "text", ["a..b", "main:README", ":/fix", "^main", "main~x", "main^{", "main@{", "~1", "a b", "-x"]
)
def test_what_names_no_commit_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        revision(text)


@pytest.mark.parametrize(
    ("arguments", "place"),
    [
        ({"action": "branch", "name": "a..b"}, "/name"),
        ({"action": "branch", "name": "a", "start": "a..b"}, "/start"),
        ({"action": "diff", "base": "main:README"}, "/base"),
        ({"action": "push", "branch": "a.lock"}, "/branch"),
        ({"action": "clone", "url": "https://git.example/a.git", "branch": "a~1"}, "/branch"),
    ],
)
def test_a_call_of_git_tells_the_place(arguments: dict[str, str], place: str) -> None:
    assert [fault.pointer for fault in GIT.faults(arguments)] == [place]
    unknown = {name: "${inputs.x}" if f"/{name}" == place else value for name, value in arguments.items()}
    assert GIT.faults(unknown, expressions=True) == []


def test_a_coding_agents_branch_is_one_as_well() -> None:
    told = {"agent": "codex", "instructions": "x", "model": "m", "url": "https://git.example/a.git", "branch": "a..b"}
    assert [fault.pointer for fault in CODE_AGENT.faults(told)] == ["/branch"]
