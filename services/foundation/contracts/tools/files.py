"""`files`: reads, writes, lists, searches and patches the files below `/work`."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, BaseModel, Field, model_validator

from foundation.contracts.accepted.accepted_json import NotAccepted
from foundation.contracts.accepted.file_names import valid_file_name
from foundation.contracts.accepted.globs import glob_expression, valid_glob
from foundation.contracts.tools.actions import Action, ActionArguments, action
from foundation.contracts.tools.arguments import OF_THE_JOB, RESULT_PLACE, StorableText
from foundation.contracts.tools.contract import ToolContract
from foundation.domain.tools import CostClass, SandboxProfile, ToolEffect
from foundation.domain.words.quoting import quoted

MAX_TEXT = 512 * 1024
MAX_PATTERN = 1000
MAX_LINES = 1_000_000

_ARTIFACTS = "out"


def _path(text: str) -> str:
    # As deep as a workspace carries files, and as list and search show them.
    return text if text == "." else valid_file_name(text, most_folders=None)


class FilesArguments(ActionArguments):
    """One action, with the arguments that it takes; those of another action are refused."""

    actions: ClassVar[Mapping[str, Action]] = {
        "read": action("path", takes=("from_line", "lines")),
        "write": action("path", "text"),
        "list": action(takes=("path", "glob")),
        "search": action("pattern", takes=("path", "glob", "regex", "ignore_case")),
        "patch": action("patch", takes=("path",)),
    }

    action: Literal["read", "write", "list", "search", "patch"]
    path: Annotated[StorableText, AfterValidator(_path)] = Field(
        default=".", description="a file or folder below /work; in/ has the staged files, out/ becomes artifacts"
    )
    from_line: int = Field(default=1, ge=1, le=MAX_LINES, description="read: the first line")
    lines: int | None = Field(default=None, ge=1, le=MAX_LINES, description="read: how many lines")
    text: Annotated[StorableText, Field(max_length=MAX_TEXT)] | None = Field(
        default=None, description="write: the whole content"
    )
    glob: Annotated[StorableText, Field(min_length=1, max_length=MAX_PATTERN), AfterValidator(valid_glob)] | None = (
        Field(default=None, description="list, search: only paths like this, such as *.py, src/*.py or **/*.{js,ts}")
    )
    pattern: Annotated[StorableText, Field(min_length=1, max_length=MAX_PATTERN)] | None = Field(
        default=None, description="search: the text to look for"
    )
    regex: bool = Field(default=False, description="search: the pattern is a regular expression")
    ignore_case: bool = False
    patch: Annotated[StorableText, Field(min_length=1, max_length=MAX_TEXT)] | None = Field(
        default=None, description="patch: a unified diff, applied whole or not at all"
    )

    @model_validator(mode="after")
    def _can_be_looked_for(self) -> Self:
        if self.regex and self.pattern is not None:
            try:
                re.compile(self.pattern)
            except (re.error, OverflowError, RecursionError) as error:
                raise NotAccepted(f"the pattern is no regular expression: {error}", pointer="/pattern") from None
        return self

    @model_validator(mode="after")
    def _not_over_the_jobs_own(self) -> Self:
        top = self.path.partition("/")[0]
        if self.action == "write" and (top in {".", *OF_THE_JOB - {_ARTIFACTS}} or self.path == _ARTIFACTS):
            raise ValueError(f"{quoted(self.path)} belongs to the job; write elsewhere below /work, or below out")
        if self.action == "write" and self.path == RESULT_PLACE:
            raise ValueError(f"{quoted(self.path)} is where the tool writes its result; choose another name")
        return self

    def for_the_program(self) -> dict[str, Any]:
        """As the tool's program takes them: the glob as the regular expression that it is."""
        given = self.model_dump(mode="json")
        return given | {"glob": None if self.glob is None else glob_expression(self.glob)}


class FilesEntry(BaseModel):
    """A file, a folder or a link."""

    path: str
    type: Literal["file", "folder", "link"]
    size: int | None = None
    target: str | None = None


class FilesMatch(BaseModel):
    """A line that matches."""

    path: str
    line: int
    text: str


class FilesError(BaseModel):
    """Why an action was not done."""

    code: str
    detail: str


class FilesResult(BaseModel):
    """What the action gives, or its `error`."""

    path: str | None = None
    text: str | None = None
    from_line: int | None = None
    to_line: int | None = None
    lines: int | None = None
    size: int | None = None
    created: bool | None = None
    entries: list[FilesEntry] | None = None
    matches: list[FilesMatch] | None = None
    skipped: int | None = Field(default=None, description="search: files that were not searched: no text, or too large")
    changed: list[str] | None = None
    truncated: bool | None = None
    error: FilesError | None = None


FILES = ToolContract(
    name="files",
    effect=ToolEffect.PURE,
    cost=CostClass.LIGHT,
    profile=SandboxProfile.PYTHON,
    description=(
        "Works with the files below /work, one action a call: read {path, from_line?, lines?}, write {path, text}, "
        "list {path?, glob?}, search {pattern, path?, glob?, regex?, ignore_case?}, patch {patch, path?} with a "
        "unified diff. in/ has the staged files, what is written to out/ becomes artifacts; in a workspace all else "
        "is there for the calls after it. Where an action is not done, the result has `error` with a code and a detail."
    ),
    arguments=FilesArguments,
    result=FilesResult,
    own_failures=frozenset(
        {
            *("outside", "link_loop", "not_found", "bad_pattern", "is_folder", "no_folder", "no_text"),
            *("patch_refused", "timed_out", "name_taken"),
        }
    ),
)
