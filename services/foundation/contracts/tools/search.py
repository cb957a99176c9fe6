"""`search`: finds passages of documents that lie below `/work`, or pages of the web by its operator's provider."""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from foundation.contracts.accepted.file_names import valid_file_name
from foundation.contracts.accepted.globs import glob_expression, valid_glob
from foundation.contracts.tools.arguments import StorableText, ToolArguments
from foundation.contracts.tools.contract import ToolContract
from foundation.domain.tools import CostClass, SandboxProfile, ToolEffect
from foundation.domain.words.quoting import quoted

MAX_QUERY = 400
MAX_GLOB = 1000
MOST_RESULTS = 20


def _query(text: str) -> str:
    if not any(letter.isalnum() for letter in text):
        raise ValueError("a query has at least one letter or digit")
    return text


def _path(text: str) -> str:
    return text if text == "." else valid_file_name(text, most_folders=None)


class SearchArguments(ToolArguments):
    """What is looked for, and where."""

    query: Annotated[StorableText, Field(min_length=1, max_length=MAX_QUERY), AfterValidator(_query)] = Field(
        description='the words to look for; "words in quotes" belong together'
    )
    source: Literal["documents", "web"] | None = Field(
        default=None,
        description="left out: documents where files are staged or there is a workspace, else the web",
    )
    limit: int = Field(default=5, ge=1, le=MOST_RESULTS, description="how many results at most")
    path: Annotated[StorableText, AfterValidator(_path)] = Field(
        default=".", description="documents: the file or folder below /work; in/ has the staged files"
    )
    glob: Annotated[StorableText, Field(min_length=1, max_length=MAX_GLOB), AfterValidator(valid_glob)] | None = Field(
        default=None, description="documents: only paths like this, such as *.md, notes/*.md or **/*.{md,txt}"
    )

    @model_validator(mode="after")
    def _of_its_source(self) -> Self:
        if self.source == "web" and (foreign := sorted(self.model_fields_set & {"path", "glob"})):
            raise ValueError(f"{quoted(foreign[0])} is about documents; leave it out, or search them")
        return self

    def for_the_program(self) -> dict[str, Any]:
        """As the tool's program takes them: the glob as the regular expression that it is."""
        given = self.model_dump(mode="json")
        return given | {"glob": None if self.glob is None else glob_expression(self.glob)}


class SearchHit(BaseModel):
    """One passage of a document, or one page of the web."""

    title: str
    snippet: str = Field(description="of documents: the words that were found stand in **")
    score: float | None = Field(description="higher is nearer to the query; null where the provider tells none")
    url: str | None = None
    path: str | None = Field(default=None, description="below /work; the tool `files` reads it")
    line: int | None = Field(default=None, description="where the passage begins")
    published: str | None = Field(default=None, description="as the provider says it")


class SkippedPlace(BaseModel):
    """A file that was not searched, or what a provider found that is no page of the web."""

    place: str
    reason: str


class SearchFailure(BaseModel):
    """Why there are no results."""

    code: str
    detail: str


class SearchResult(BaseModel):
    """What was found, nearest first; or `error`."""

    model_config = ConfigDict(extra="forbid")

    source: Literal["documents", "web"] | None = None
    provider: str | None = Field(default=None, description="web: who was asked")
    results: list[SearchHit] | None = None
    truncated: bool | None = Field(default=None, description="documents: whether more passages were found")
    documents: int | None = Field(default=None, description="how many were searched")
    skipped: list[SkippedPlace] | None = Field(default=None, description="what was left out, the first 50")
    skipped_in_all: int | None = None
    error: SearchFailure | None = None


SEARCH = ToolContract(
    name="search",
    effect=ToolEffect.PURE,
    cost=CostClass.LIGHT,
    profile=SandboxProfile.PYTHON,
    description=(
        "Searches documents or the web and gives {results: [{title, snippet, score, path and line, or url}]}, nearest "
        "first. Documents are the text, Markdown, HTML, CSV and JSON files below /work: in/ has the staged ones, all "
        "else is the workspace's. The web is asked where the platform has a provider; pages themselves are read with "
        "another tool. Where nothing could be searched, the result has `error` with a code and a detail."
    ),
    arguments=SearchArguments,
    result=SearchResult,
    own_failures=frozenset(
        {
            *("no_documents", "not_found", "outside", "link_loop", "no_provider", "provider_refused"),
            *("provider_busy", "provider_failed", "provider_answer", "egress_denied", "timed_out"),
            *("connection_failed", "certificate", "redirect_refused"),
        }
    ),
)
