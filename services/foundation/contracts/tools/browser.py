"""`browser`: a list of steps in one browser, which begins empty and ends with the call."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from foundation.contracts.accepted.accepted_json import accept_text
from foundation.contracts.accepted.file_names import FileName, names_in_each_others_way
from foundation.contracts.accepted.sentences import WrittenAs
from foundation.contracts.egress.urls import web_address
from foundation.contracts.tools.arguments import ToolArguments
from foundation.contracts.tools.contract import ToolContract
from foundation.domain.tools import CostClass, SandboxProfile, ToolEffect
from foundation.domain.words.quoting import quoted

MAX_STEPS = 50
MAX_URL = 8192
MAX_SELECTOR = 2000
MAX_TEXT = 64 * 1024
MAX_FILE_NAME = 200

DOWNLOADS, EXTRACTED = "downloads", "extracted"
"""The folders of what a page names itself, and of texts that are too long for the result."""
ACTIONS = ("goto", "click", "type", "select", "wait_for", "extract", "screenshot", "pdf", "download")
_SUFFIX = {"screenshot": ".png", "pdf": ".pdf"}
_READS = frozenset({"goto", "wait_for", "extract", "screenshot", "pdf"})
"""The actions by which a browser asks for pages and looks at them, and hands nothing in."""

Selector = Annotated[str, Field(min_length=1, max_length=MAX_SELECTOR), AfterValidator(accept_text)]


def _own_name(name: str) -> str:
    if len(name) > MAX_FILE_NAME:
        raise ValueError(f"a file's name has at most {MAX_FILE_NAME} characters here")
    if name.split("/", maxsplit=1)[0] in {DOWNLOADS, EXTRACTED, "result.json"}:
        raise ValueError(f"{quoted(name.split('/', maxsplit=1)[0])} is the tool's own name; choose another one")
    return name


OwnName = Annotated[FileName, AfterValidator(_own_name)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class TypedText(_Part):
    """What is typed into one field, in the place of what is there."""

    selector: Selector
    text: Annotated[str, Field(max_length=MAX_TEXT), AfterValidator(accept_text)]
    enter: bool = Field(default=False, description="press Enter afterwards")


class Choice(_Part):
    """One option of a list, by its value or by what it shows."""

    selector: Selector
    value: Annotated[str, Field(max_length=MAX_SELECTOR), AfterValidator(accept_text)]


class BrowserStep(_Part):
    """One action. `selector` goes with `extract` alone: what of the page is taken."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 2})

    goto: Annotated[str, Field(max_length=MAX_URL), AfterValidator(web_address)] | None = Field(
        default=None, description="an http(s) address of a host that the task's egress names"
    )
    click: Selector | None = Field(default=None, description="the selector of one element")
    type: TypedText | None = None
    select: Choice | None = None
    wait_for: Selector | None = Field(default=None, description="until such an element is seen")
    extract: Literal["markdown", "text", "html"] | None = None
    screenshot: OwnName | None = Field(default=None, description="name of the PNG that becomes an artifact")
    pdf: OwnName | None = Field(default=None, description="name of the PDF that becomes an artifact")
    download: Selector | None = Field(default=None, description="the selector of what is clicked to get a file")
    selector: Selector | None = Field(default=None, description="with extract: only these elements")

    @model_validator(mode="after")
    def _one_action(self) -> Self:
        given = [name for name in ACTIONS if getattr(self, name) is not None]
        if len(given) != 1:
            found = f"this one has {' and '.join(given)}" if given else "this one has none"
            raise ValueError(f"a step is one of {', '.join(ACTIONS)}; {found}")
        if self.selector is not None and given != ["extract"]:
            raise ValueError(f"only extract takes a selector beside it; write it in {quoted(given[0])} itself")
        return self

    @property
    def file(self) -> str | None:
        """The name of the file that the step makes, with its ending."""
        for action, suffix in _SUFFIX.items():
            if name := getattr(self, action):
                return str(name) if name.lower().endswith(suffix) else f"{name}{suffix}"
        return None


SessionName = Annotated[
    str,
    WrittenAs(r"[a-z0-9_-]{1,40}", "the name of a session has small letters, digits, _ and -, 40 in all"),
]


class BrowserArguments(ToolArguments):
    """The steps, in their order; the first one that fails is the last one that is made."""

    steps: list[BrowserStep] = Field(
        min_length=1, max_length=MAX_STEPS, description="made one after another; without a session the first is a goto"
    )
    session: SessionName | None = Field(
        default=None,
        description="a name; cookies, storage and the address are kept in the workspace for later calls that give it",
    )

    @classmethod
    def addresses(cls, given: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
        steps = given.get("steps")
        for number, step in enumerate(steps if isinstance(steps, list) else []):
            if isinstance(step, Mapping):
                yield ("steps", number, "goto"), step.get("goto")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.steps[0].goto is None and self.session is None:
            raise ValueError("the first step is a goto: the browser begins without a page")
        names = [step.file for step in self.steps if step.file]
        if clash := names_in_each_others_way(names):
            raise ValueError(f"two steps would make one file: {quoted(clash[0])} and {quoted(clash[1])}")
        return self


class KeptSession(BaseModel):
    """What became of the session; where it is not kept, `detail` says why, and the one before stays."""

    name: str
    resumed: bool = Field(description="whether an earlier call had left something")
    kept: bool
    detail: str | None = None


class Extract(BaseModel):
    """What one step took of a page."""

    step: int
    format: str = Field(description="markdown, text or html")
    of: str = Field(description="page, article (the part that is read, where it is most of the page), or selection")
    text: str
    truncated: bool = Field(description="whether there is more than stands here")
    file: str | None = Field(default=None, description="the artifact that has the rest as well")


class SavedFile(BaseModel):
    """A file that a step made."""

    step: int
    name: str
    size: int
    truncated: bool = Field(default=False, description="whether a page was too high for its screenshot")


class Dialog(BaseModel):
    """A box that a page opened, and that was closed at once."""

    type: str
    message: str


class Unreached(BaseModel):
    """A request of a page that got no answer."""

    url: str
    reason: str


class BrowserFailure(BaseModel):
    """Why a step was not done; those after it were not tried."""

    code: str
    detail: str
    step: int | None = Field(default=None, description="its place in the list, from 0; null where no step had begun")
    action: str | None = None


class BrowserResult(BaseModel):
    """Where the browser stood at the end, and what it gave until then."""

    url: str | None = None
    title: str | None = None
    status: int | None = Field(default=None, description="of the answer to the last page that was asked for")
    steps_done: int
    extracted: list[Extract]
    saved: list[SavedFile] = Field(description="files of screenshots, PDFs and downloads, which become artifacts")
    dialogs: list[Dialog] = Field(default=[], description="closed without an answer")
    popups: list[str] = Field(default=[], description="addresses of windows that a page opened; they were closed")
    unreached: list[Unreached] = Field(default=[], description="what pages asked for and did not get")
    left_out: dict[str, int] = Field(default={}, description="how many more there were, by the name of their list")
    session: KeptSession | None = None
    error: BrowserFailure | None = None


def _effect(arguments: Mapping[str, Any], _: bool) -> ToolEffect:  # noqa: FBT001 - as every judge of effects
    """Going to pages and looking at them may be done again; what is clicked or filled in may do anything."""
    steps = arguments.get("steps")
    if not isinstance(steps, list) or not all(isinstance(step, Mapping) for step in steps):
        return ToolEffect.ONCE
    used = {name for step in steps for name, value in step.items() if value is not None}
    return ToolEffect.PURE if used <= _READS | {"selector"} else ToolEffect.ONCE


BROWSER = ToolContract(
    name="browser",
    effect=ToolEffect.ONCE,
    cost=CostClass.HEAVY,
    profile=SandboxProfile.BROWSER,
    needs_egress=True,
    description=(
        "Opens a browser (Chromium) with nothing in it, makes the steps in their order and closes it. Nothing is kept "
        "for the next call, unless both give the same `session` and the agent or the step has a workspace: then "
        "cookies, storage and the address are there again, and the first step need not be a goto. A step is one of "
        "{goto: url}, {click: selector}, {type: {selector, text, enter?}}, {select: {selector, value}}, {wait_for: "
        "selector}, {extract: markdown | text | html, selector?}, {screenshot: name}, {pdf: name}, {download: "
        "selector}. Selectors are CSS, or text=…, role=button[name='…'] and XPath as Playwright has them; one that "
        "fits several elements is refused by click, type, select and download. The result is {url, title, extracted, "
        "saved, …}; screenshots, PDFs, downloads and texts that are too long become files. Where a step fails, `error` "
        "says which one and why, and the rest of the result tells what there was until then."
    ),
    arguments=BrowserArguments,
    result=BrowserResult,
    tells_after=1,
    own_failures=frozenset(
        {
            *("not_found", "ambiguous", "bad_selector", "timed_out", "egress_denied", "connection_failed"),
            *("certificate", "too_many_redirects", "refused_url", "no_download", "download_failed"),
            *("too_large", "too_deep", "unreadable", "page_crashed", "page_closed", "no_browser"),
            *("no_workspace", "no_session", "bad_session", "interrupted", "odd_page"),
        }
    ),
    judge=_effect,
)
