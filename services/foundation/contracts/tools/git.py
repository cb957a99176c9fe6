"""`git`: one step of work with a repository over HTTP: clone, branch, diff, commit, push."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from foundation.contracts.accepted.file_names import valid_file_name
from foundation.contracts.accepted.git_names import branch_name, revision
from foundation.contracts.egress.urls import web_address
from foundation.contracts.tools.actions import Action, ActionArguments, action
from foundation.contracts.tools.arguments import OF_THE_JOB, StorableText
from foundation.contracts.tools.contract import ToolContract
from foundation.domain.tools import CostClass, SandboxProfile, ToolEffect
from foundation.domain.words.quoting import quoted

MAX_MESSAGE = 16 * 1024
MAX_NAME = 200
MAX_PATHS = 100
MAX_DEPTH = 100_000

_LINE = re.compile(r"[^\x00-\x1f\x7f<>]+")


def _remote(text: str) -> str:
    scheme, _, rest = text.partition("://")
    if scheme.lower() in {"http", "https"} and "@" in rest.partition("/")[0]:
        raise ValueError("a remote's address holds no user and no password; credentials are never arguments")
    return web_address(text)


def _one_line(text: str) -> str:
    if not _LINE.fullmatch(text) or not text.strip():
        raise ValueError("write one line without < and >")
    return text


def _relative(text: str) -> str:
    if text.startswith((":", "-")):
        raise ValueError("a path within the repository, which begins with neither : nor -")
    return text


def _path(text: str) -> str:
    return valid_file_name(text, most_folders=None)


def _folder(text: str) -> str:
    if text.partition("/")[0] in OF_THE_JOB:
        raise ValueError(f"{quoted(text)} belongs to the job and is gone after it; name another folder below /work")
    if any(part.lower() == ".git" for part in text.split("/")):
        raise ValueError(f"{quoted(text)} lies in a `.git`, of which git does not keep others; name another folder")
    return text


Path = Annotated[StorableText, AfterValidator(_path)]
Branch = Annotated[StorableText, Field(min_length=1, max_length=MAX_NAME), AfterValidator(branch_name)]
Revision = Annotated[StorableText, Field(min_length=1, max_length=MAX_NAME), AfterValidator(revision)]
Remote = Annotated[StorableText, Field(max_length=2048), AfterValidator(_remote)]
Folder = Annotated[Path, AfterValidator(_folder)]
OneLine = Annotated[StorableText, Field(min_length=1, max_length=MAX_NAME), AfterValidator(_one_line)]


class Author(BaseModel):
    """Who a commit is by."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: OneLine
    email: OneLine


class GitArguments(ActionArguments):
    """One action, with the arguments that it takes; those of another action are refused."""

    actions: ClassVar[Mapping[str, Action]] = {
        "clone": action("url", takes=("branch", "depth")),
        "branch": action("name", takes=("start",)),
        "diff": action(takes=("base",)),
        "commit": action("message", "author", takes=("paths",)),
        "push": action(takes=("branch", "to")),
    }
    of_every_action: ClassVar[frozenset[str]] = ActionArguments.of_every_action | {"folder"}

    action: Literal["clone", "branch", "diff", "commit", "push"]
    folder: Folder = Field(default="repository", description="where the repository lies, below /work")
    url: Remote | None = Field(default=None, description="clone: the repository's http(s) address, without credentials")
    branch: Branch | None = Field(default=None, description="clone, push: the branch, if not the one that is current")
    to: Remote | None = Field(default=None, description="push: the only address that it may be sent to")
    depth: int | None = Field(default=None, ge=1, le=MAX_DEPTH, description="clone: how many commits of history")
    name: Branch | None = Field(default=None, description="branch: the branch to go to; a new one is begun")
    start: Revision | None = Field(default=None, description="branch: where a new one begins, if not here")
    base: Revision | None = Field(default=None, description="diff: compare with this, if not with the last commit")
    message: Annotated[StorableText, Field(min_length=1, max_length=MAX_MESSAGE)] | None = Field(
        default=None, description="commit: what it says"
    )
    author: Author | None = Field(default=None, description="commit: who it is by")
    paths: list[Annotated[Path, AfterValidator(_relative)]] | None = Field(
        default=None, min_length=1, max_length=MAX_PATHS, description="commit: only what changed below these"
    )

    @classmethod
    def addresses(cls, given: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
        yield ("url",), given.get("url")
        yield ("to",), given.get("to")


class ChangedPath(BaseModel):
    """One path that a diff tells of; `status` is git's letter: A, M, D, R, C or T."""

    status: str
    path: str


class GitError(BaseModel):
    """Why an action was not done; `detail` has git's own words."""

    code: str
    detail: str


GIT_FAILURES = frozenset(
    {
        *("egress_denied", "not_authorized", "not_found", "no_such_revision", "no_repository", "folder_exists"),
        *("nothing_changed", "rejected", "too_large", "connection_failed", "no_branch", "outside", "link_loop"),
        *("git_failed", "timed_out", "bad_origin", "bad_repository", "bad_objects"),
    }
)


class GitResult(BaseModel):
    """Where the repository stands after the action, or its `error`."""

    folder: str | None = None
    branch: str | None = None
    commit: str | None = None
    changed: list[ChangedPath] | int | None = Field(
        default=None, description="diff: the paths that differ; commit: how many"
    )
    diff: str | None = None
    truncated: bool | None = Field(
        default=None, description="diff: there is more than stands here; all of it is the file diff.patch"
    )
    pushed: str | None = None
    to: str | None = Field(default=None, description="push: the address that it was sent to")
    error: GitError | None = None


def _effect(_: Mapping[str, Any], __: bool) -> ToolEffect:  # noqa: FBT001 - as every judge of effects
    return ToolEffect.PURE


GIT = ToolContract(
    name="git",
    effect=ToolEffect.PURE,
    cost=CostClass.COMPUTE,
    profile=SandboxProfile.PYTHON,
    needs_egress=True,
    description=(
        "Works with one git repository over http(s), one action a call: clone {url, branch?, depth?}, branch {name, "
        "start?} to go to a branch or begin one, diff {base?}, commit {message, author: {name, email}, paths?} of all "
        "changes, push {branch?, to?} to its origin, which has to be `to` if that is given. The repository lies in "
        "`folder` below /work, where the "
        "other tools of a workspace see its files. Hosts are those of the task's egress; credentials are no arguments. "
        "Where an action is not done, the result has `error` with a code and a detail."
    ),
    arguments=GitArguments,
    result=GitResult,
    own_failures=GIT_FAILURES,
)
