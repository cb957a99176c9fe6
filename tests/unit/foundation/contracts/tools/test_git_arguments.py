"""What `git` takes: one action with its own arguments, an address without credentials, names that are no options."""

from typing import Any

import pytest
from pydantic import ValidationError

from foundation.contracts.tools.git import GIT, MAX_DEPTH, GitArguments
from foundation.domain.tools import ToolEffect

URL = "https://git.example/a/b.git"
ANN = {"name": "Ann", "email": "ann@example.com"}
WHOLE: dict[str, dict[str, Any]] = {
    "clone": {"url": URL, "branch": "main", "depth": 1},
    "branch": {"name": "work", "start": "main"},
    "diff": {"base": "HEAD~2"},
    "commit": {"message": "why\n\nand more", "author": ANN, "paths": ["src/a.py"]},
    "push": {"branch": "work"},
}
LEAST: dict[str, dict[str, Any]] = {
    "clone": {"url": URL},
    "branch": {"name": "work"},
    "diff": {},
    "commit": {"message": "why", "author": ANN},
    "push": {},
}


def refused(**given: Any) -> str:
    with pytest.raises(ValidationError) as wrong:
        GitArguments.model_validate(given)
    [error] = wrong.value.errors()
    return error["msg"]


@pytest.mark.parametrize("action", WHOLE)
def test_each_action_takes_its_own_arguments_and_the_folder(action: str) -> None:
    given = GitArguments.model_validate({"action": action, "folder": "here", "timeout_seconds": 5, **WHOLE[action]})
    assert given.folder == "here"
    assert given.model_dump(include=set(WHOLE[action]), mode="json") == WHOLE[action]
    assert GitArguments.model_validate({"action": action, **LEAST[action]}).folder == "repository"


@pytest.mark.parametrize(
    ("action", "more", "said"),
    [
        ("clone", {"base": "HEAD"}, "clone takes no 'base'; it takes branch, depth, url"),
        ("branch", {"url": URL}, "branch takes no 'url'; it takes name, start"),
        ("diff", {"branch": "main"}, "diff takes no 'branch'; it takes base"),
        ("commit", {"start": "main"}, "commit takes no 'start'; it takes author, message, paths"),
        ("push", {"message": "why"}, "push takes no 'message'; it takes branch, to"),
    ],
)
def test_what_belongs_to_another_action_is_refused(action: str, more: dict[str, Any], said: str) -> None:
    assert refused(action=action, **LEAST[action], **more).endswith(said)


def test_an_argument_that_is_null_is_one_that_was_not_given() -> None:
    assert GitArguments.model_validate({"action": "diff", "branch": None, "base": None}).base is None
    assert refused(action="clone", url=None).endswith("clone needs 'url'")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"action": "clone"}, "clone needs 'url'"),
        ({"action": "branch"}, "branch needs 'name'"),
        ({"action": "commit", "message": "why"}, "commit needs 'author'"),
        ({"action": "commit", "author": ANN}, "commit needs 'message'"),
    ],
)
def test_what_an_action_needs_is_asked_for(given: dict[str, Any], said: str) -> None:
    assert refused(**given).endswith(said)


@pytest.mark.parametrize(
    "url", [URL, "http://git.example:8080/a", "https://git.example./a", "https://GIT.example/a?b=c"]
)
def test_a_remote_has_a_whole_host_name(url: str) -> None:
    assert GitArguments.model_validate({"action": "clone", "url": url}).url == url


@pytest.mark.parametrize(
    "url",
    [
        "ssh://git.example/a",
        "git.example/a",
        "file:///etc/passwd",
        "https://10.0.0.1/a",
        "https://[::1]/a",
        "https://localhost/a",
        "https:///a",
    ],
)
def test_a_remote_that_is_no_address_over_http_is_refused(url: str) -> None:
    assert "write http:// or https:// and a full host name" in refused(action="clone", url=url)


@pytest.mark.parametrize("user", ["ann@", "ann:secret@", ":@"])
def test_credentials_are_no_part_of_a_remote(user: str) -> None:
    assert "credentials are never arguments" in refused(action="clone", url=f"https://{user}git.example/a")


@pytest.mark.parametrize("name", ["-x", "--upload-pack=evil", "a b", "a\tb", "\u00e4"])
def test_a_name_is_no_option_and_can_be_seen(name: str) -> None:
    assert "does not begin with -" in refused(action="branch", name=name)


@pytest.mark.parametrize("path", [":(top)x", ":!x", "-x"])
def test_a_path_is_no_magic_and_no_option(path: str) -> None:
    assert "begins with neither : nor -" in refused(action="commit", message="why", author=ANN, paths=[path])


@pytest.mark.parametrize("name", ["Ann\nBob", "Ann <ann@example.com>", "Ann>", " ", "\t"])
def test_an_author_is_one_line_without_angle_brackets(name: str) -> None:
    assert "one line without < and >" in refused(action="commit", message="why", author={**ANN, "name": name})


@pytest.mark.parametrize("folder", [".git", "a/.git/b", "repository/.git/hooks", "a/.GIT"])
def test_no_folder_lies_in_the_git_of_another(folder: str) -> None:
    [fault] = GIT.faults({"action": "clone", "url": URL, "folder": folder})
    assert fault.pointer == "/folder"
    assert "lies in a `.git`" in fault.detail
    assert GIT.faults({"action": "clone", "url": URL, "folder": f"{folder}hub".replace(".git/", ".github/")}) == []


def test_bounds() -> None:
    assert GitArguments.model_validate({"action": "clone", "url": URL, "depth": MAX_DEPTH}).depth == MAX_DEPTH
    for given in (
        {"action": "clone", "url": URL, "depth": 0},
        {"action": "clone", "url": URL, "depth": MAX_DEPTH + 1},
        {"action": "commit", "message": "", "author": ANN},
        {"action": "commit", "message": "why", "author": ANN, "paths": []},
        {"action": "commit", "message": "why", "author": {**ANN, "more": "x"}},
        {"action": "branch", "name": "x" * 201},
        {"action": "fetch"},
    ):
        refused(**given)


def test_git_may_always_run_again() -> None:
    assert GIT.effect_of({"action": "push"}, reaches=True) is ToolEffect.PURE
