"""`code_agent`: a command-line coding agent works on a repository, with a gateway's model, on its step's budget."""

from collections.abc import Container, Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, Field, model_validator

from foundation.contracts.tools.arguments import MAX_SECONDS, StorableText, ToolArguments
from foundation.contracts.tools.contract import ToolContract
from foundation.contracts.tools.git import GIT_FAILURES, Branch, ChangedPath, Folder, Remote
from foundation.domain.tools import CostClass, SandboxProfile, ToolEffect

MAX_INSTRUCTIONS = 64 * 1024
MAX_MODEL = 120
MOST_MODEL_CALLS = 400
USUAL_MODEL_CALLS = 100
USUAL_SECONDS = 900
TOLD_NAME = "code_agent.json"
"""The file below `/work/in` in which the program finds its arguments."""


def _visible(text: str) -> str:
    if not text.isascii() or not text.isprintable() or " " in text or text.startswith("-"):
        raise ValueError("the name of a model has visible ASCII characters and does not begin with -")
    return text


class CodeAgentArguments(ToolArguments):
    """What the agent is to do, where, with which model, and how much of it."""

    agent: Literal["claude_code", "codex"] = Field(description="which agent works")
    instructions: StorableText = Field(min_length=1, max_length=MAX_INSTRUCTIONS, description="what it is to do")
    model: Annotated[StorableText, Field(min_length=1, max_length=MAX_MODEL), AfterValidator(_visible)] = Field(
        description="the model that it calls, by its name at the gateway"
    )
    folder: Folder = Field(
        default="repository",
        description="where it works, below /work; a folder that is not there is made, of `url` or of the staged files",
    )
    url: Remote | None = Field(
        default=None, description="clone this http(s) repository first, without credentials; its host is of the egress"
    )
    branch: Branch | None = Field(default=None, description="with url: the branch, if not the usual one")
    max_model_calls: int = Field(
        default=USUAL_MODEL_CALLS, ge=1, le=MOST_MODEL_CALLS, description="how often it may call models"
    )
    timeout_seconds: int = Field(
        default=USUAL_SECONDS, ge=10, le=MAX_SECONDS, description="the agent is stopped before it, its changes are kept"
    )

    @classmethod
    def names_taken(cls, given: Container[str]) -> Iterator[str]:  # noqa: ARG003 - whatever is given
        yield TOLD_NAME

    @classmethod
    def addresses(cls, given: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
        yield ("url",), given.get("url")

    @model_validator(mode="after")
    def _a_branch_of_something(self) -> Self:
        if self.branch is not None and self.url is None:
            raise ValueError("branch goes with url; say in the instructions which branch of a folder is meant")
        return self


class CodeAgentError(BaseModel):
    """Why the agent did not finish; `detail` has its own words where it said some."""

    code: str
    detail: str


class CodeAgentResult(BaseModel):
    """What the agent said last and what it has changed, also where it did not finish; then there is an `error`."""

    agent: str
    model: str
    folder: str
    answer: str | None = Field(default=None, description="what it said last")
    answer_truncated: bool = Field(default=False, description="all of what it said last is the file answer.txt")
    changed: list[ChangedPath] = Field(default=[], description="the paths that it has changed")
    diff: str | None = None
    truncated: bool = Field(
        default=False, description="there is more than diff and changed tell; all of it is the file diff.patch"
    )
    error: CodeAgentError | None = None


def _effect(_: Mapping[str, Any], reaches: bool) -> ToolEffect:  # noqa: FBT001 - as every judge of effects
    """Nobody can tell what an agent does out there, so it is repeated only where nothing is to be reached."""
    return ToolEffect.ONCE if reaches else ToolEffect.PURE


CODE_AGENT = ToolContract(
    name="code_agent",
    effect=ToolEffect.PURE,
    cost=CostClass.HEAVY,
    profile=SandboxProfile.AGENT,
    description=(
        "Has a coding agent (claude_code or codex) work on the files in `folder` below /work until it has done what "
        "`instructions` say: it reads, edits, runs commands and tests there. `url` is cloned first; without it and "
        "without such a folder the staged files are put there. It calls `model` through the gateway on the step's "
        "budget. The result has its last words, the changed paths and the diff, which is also the file diff.patch; "
        "where it did not finish it has `error` as well. Of the network it reaches the hosts of the task's egress."
    ),
    arguments=CodeAgentArguments,
    judge=_effect,
    result=CodeAgentResult,
    own_failures=(
        GIT_FAILURES - {"nothing_changed", "rejected", "no_branch", "no_repository", "bad_origin", "timed_out"}
    )
    | {"agent_not_installed", "agent_failed", "out_of_time", "budget_exceeded", "too_many_model_calls"},
    calls_models=True,
    tells_after=0,
)
