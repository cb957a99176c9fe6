"""Does what `in/git.json` says to a repository below `/work`, and writes what came of it to `out/result.json`.

Ends with 0 where it is done, and with 1 where it is not: then the result is an `error` with a code and a detail.
"""

import contextlib
import json
import pathlib
import re
import sys
from collections.abc import Callable
from functools import partial

from tool_runtime.tools.programs.clock import ends_at
from tool_runtime.tools.programs.endings import ActionFailed, ends
from tool_runtime.tools.programs.git.commands import ended_at, raw, run
from tool_runtime.tools.programs.git.kept import remove
from tool_runtime.tools.programs.git.repository import ORIGIN, Repository, opened, origin_of
from tool_runtime.tools.programs.git.told_diff import WHOLE, told_diff
from tool_runtime.tools.programs.places import WORK, place
from tool_runtime.tools.programs.results import Room, Told

_MARGIN_SECONDS = 2.0
_STEPS = re.compile(r"[~^@:{]")
"""Where a revision goes on from the commit that it begins with, as in `HEAD~2`."""


def clone(told: Told) -> Told:
    """Into a folder that is not there yet."""
    folder = _folder(told)
    if folder.exists():
        raise ActionFailed("folder_exists", f"{told['folder']!r} is there already; clone into another folder")
    options = ["--no-recurse-submodules", "--no-tags", "--template="]
    if told["branch"]:
        options += ["--branch", told["branch"]]
    if told["depth"]:
        options += ["--depth", str(told["depth"])]
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        run("clone", "--quiet", *options, "--", told["url"], str(folder), at=None)
        return _standing(opened(folder).folder, told)
    except ActionFailed:
        with contextlib.suppress(ActionFailed):
            remove(folder)
        raise


def branch(told: Told) -> Told:
    """Goes to a branch; one that is not there yet is begun, at `start` where that is given."""
    repository = opened(_folder(told))
    at = repository.folder
    name = _branch_name(told["name"], at)
    known = run("for-each-ref", "--format=%(refname)", f"refs/heads/{name}", f"refs/remotes/{ORIGIN}/{name}", at=at)
    if known.split() and told["start"] is None:
        _prove(repository, _revision(known.split()[0], repository))
        options = [name]
    else:
        start = [_revision(told["start"], repository)] if told["start"] else []
        for commit in start:
            _prove(repository, commit)
        options = ["--no-track", "--create", name, *start]
    with repository.proven.alone():
        run("switch", "--quiet", *options, at=at)
    return _standing(at, told)


def diff(told: Told) -> Told:
    """What has changed since `base`, or since the last commit; new files included. All of it is `diff.patch`."""
    repository = opened(_folder(told))
    at, proven = repository.folder, repository.proven
    base = _revision(told["base"], repository) if told["base"] else _last_commit(at)
    if told["base"]:
        proven.commit(base)
    run("add", "--all", "--intent-to-add", at=at)
    proven.change(base)
    with proven.alone():
        return {**_standing(at, told), **told_diff(partial(raw, at=at), [base], Room())}


def commit(told: Told) -> Told:
    """Records all that has changed, or what has below `paths`."""
    repository = opened(_folder(told))
    at, proven = repository.folder, repository.proven
    run("add", "--all", "--", *(told["paths"] or ["."]), at=at)
    # What git finds under an id it does not write again, whatever it holds.
    proven.change(_last_commit(at), cached=True)
    with proven.alone():
        staged = run("diff", "--cached", "--name-only", "-z", WHOLE, _last_commit(at), "--", at=at)
    if not staged:
        raise ActionFailed("nothing_changed", "nothing has changed since the last commit")
    proven.tree(run("write-tree", at=at).strip())
    name, email = told["author"]["name"], told["author"]["email"]
    who = ("-c", f"user.name={name}", "-c", f"user.email={email}")
    run(*who, "commit", "--quiet", "--no-verify", "--no-gpg-sign", "--cleanup=whitespace", "-m", told["message"], at=at)
    return {**_standing(at, told), "changed": len(staged.rstrip("\0").split("\0"))}


def push(told: Told) -> Told:
    """Sends a branch to the origin. What is there already is no failure, so that it may be sent again."""
    repository = opened(_folder(told))
    at = repository.folder
    address = origin_of(at)
    if told["to"] not in {None, address}:
        raise ActionFailed(
            "bad_origin", f"the repository's settings name {address!r} as its origin, not {told['to']!r}"
        )
    name = _branch_name(told["branch"] or _current_branch(at), at)
    if not run("rev-parse", "--verify", "--quiet", f"refs/heads/{name}", at=at, allowed=(0, 1, 128)).strip():
        raise ActionFailed(
            "no_such_revision", f"the repository has no branch {name!r}; begin it with the action branch"
        )
    try:
        run("push", "--quiet", "--no-verify", ORIGIN, f"refs/heads/{name}:refs/heads/{name}", at=at)
    except ActionFailed as error:
        if error.code != "rejected" or not _is_there(name, repository):
            raise
    return {**_standing(at, told), "pushed": name, "to": address}


ACTIONS: dict[str, Callable[[Told], Told]] = {
    "clone": clone, "branch": branch, "diff": diff, "commit": commit, "push": push,
}  # fmt: skip


def _folder(told: Told) -> pathlib.Path:
    folder = place(str(told["folder"]))
    if any(part.lower() == ".git" for part in folder.resolve().parts):
        raise ActionFailed("outside", f"{told['folder']!r} leads into a `.git`, where no repository lies")
    return folder


def _standing(at: pathlib.Path, told: Told) -> Told:
    """Where the repository stands."""
    head = run("rev-parse", "--verify", "--quiet", "HEAD", at=at, allowed=(0, 1)).strip()
    return {"folder": told["folder"], "branch": _current_branch(at), "commit": head or None}


def _current_branch(at: pathlib.Path) -> str | None:
    return run("symbolic-ref", "--quiet", "--short", "HEAD", at=at, allowed=(0, 1)).strip() or None


def _branch_name(name: str | None, at: pathlib.Path) -> str:
    if name is None:
        raise ActionFailed("no_branch", "the repository is on no branch; name one, or go to one first")
    run("check-ref-format", "--branch", name, at=at)
    return name


def _revision(text: str, repository: Repository) -> str:
    """The commit that a text names, so that no text is taken for an option, and none leads to another one."""
    at, proven = repository.folder, repository.proven
    begins = _STEPS.split(text, maxsplit=1)[0]
    quiet = ("rev-parse", "--verify", "--quiet", "--end-of-options")
    found = run(*quiet, begins or "HEAD", at=at, allowed=(0, 1, 128)).strip()
    # A whole id is one, even where there is nothing of it.
    if found and raw("cat-file", "--batch-check", at=at, given=found.encode()).split()[1:] != [b"missing"]:
        commit = proven.peeled(found)
        if begins == text:
            return commit
        proven.history(commit)
        with proven.alone():
            if found := run(*quiet, f"{text}^{{commit}}", at=at, allowed=(0, 1, 128)).strip():
                return found
    raise ActionFailed("no_such_revision", f"the repository has no commit {text!r}")


def _prove(repository: Repository, commit: str) -> None:
    """The commit, and what differs in it from the last one."""
    repository.proven.commit(commit)
    repository.proven.change(_last_commit(repository.folder), commit)


def _last_commit(at: pathlib.Path) -> str:
    """The last commit; of a repository without one, the tree that is empty."""
    head = run("rev-parse", "--verify", "--quiet", "HEAD", at=at, allowed=(0, 1)).strip()
    return head or run("hash-object", "-t", "tree", "/dev/null", at=at).strip()


def _is_there(name: str, repository: Repository) -> bool:
    """Whether the origin's branch has our commit already: sent before, and perhaps more since."""
    at, proven = repository.folder, repository.proven
    run("fetch", "--quiet", "--no-tags", ORIGIN, f"refs/heads/{name}", at=at)
    ours = run("rev-parse", "--verify", f"refs/heads/{name}", at=at).strip()
    proven.history("FETCH_HEAD")
    proven.history(ours)
    with proven.alone():
        return run("merge-base", ours, "FETCH_HEAD", at=at, allowed=(0, 1)).strip() == ours


def _done() -> Told:
    told = json.loads((WORK / "in" / "git.json").read_bytes())
    with ended_at(ends_at(_MARGIN_SECONDS)):
        return ACTIONS[told["action"]](told)


def main() -> int:
    return ends(_done)


if __name__ == "__main__":
    sys.exit(main())
