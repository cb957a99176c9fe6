"""`http`: one request to a web service, with redirects followed and passing failures tried again."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from foundation.contracts.egress.urls import web_address
from foundation.contracts.tools.arguments import Json, StorableText, ToolArguments
from foundation.contracts.tools.contract import ToolContract
from foundation.domain.tools import CostClass, SandboxProfile, ToolEffect
from foundation.domain.words.quoting import quoted

MAX_URL = 8192
MAX_HEADERS = 50
MAX_HEADER_VALUE = 8192
MAX_QUERY = 100
MAX_BODY = 512 * 1024
MAX_REDIRECTS = 10

REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
"""The methods that RFC 9110 calls idempotent: making the request again changes no more than making it once."""
OURS = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "keep-alive", "te", "trailer", "upgrade", "expect"}
)
HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_VALUE = re.compile(r"[\t -~\x80-\xff]*")


def _headers(headers: dict[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        if not HEADER_NAME.fullmatch(name) or not _VALUE.fullmatch(value):
            raise ValueError(
                f"the header {quoted(name)} is not a name of letters, digits and - with a value on one line"
            )
        if name.lower() in OURS or name.lower().startswith("proxy-"):
            raise ValueError(f"the header {quoted(name)} is set by the tool")
    if len({name.lower() for name in headers}) != len(headers):
        raise ValueError("a header stands there twice, in other case")
    return headers


Scalar = StorableText | int | float | bool


class HttpArguments(ToolArguments):
    """One request; of `json`, `form` and `body` at most one is its body."""

    method: Literal["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "POST", "PATCH"]
    url: Annotated[StorableText, Field(max_length=MAX_URL), AfterValidator(web_address)]
    headers: Annotated[
        dict[StorableText, Annotated[StorableText, Field(max_length=MAX_HEADER_VALUE)]],
        Field(max_length=MAX_HEADERS),
        AfterValidator(_headers),
    ] = Field(default_factory=dict)
    query: dict[StorableText, Scalar | list[Scalar]] = Field(
        default_factory=dict,
        max_length=MAX_QUERY,
        description="is added to the URL; a list gives its name once an item",
    )
    json_: Json = Field(default=None, alias="json", description="any JSON value, sent as application/json")
    form: dict[StorableText, StorableText] | None = Field(default=None, max_length=MAX_QUERY)
    body: StorableText | None = Field(default=None, max_length=MAX_BODY, description="a text, sent as it is")
    max_redirects: int = Field(default=5, ge=0, le=MAX_REDIRECTS, description="redirects that are followed")

    @classmethod
    def addresses(cls, given: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
        yield ("url",), given.get("url")

    @model_validator(mode="after")
    def _one_body(self) -> Self:
        given = self.model_fields_set & {"json_", "form", "body"}
        if len(given) > 1:
            raise ValueError("a request has one body: json, form or body")
        return self


class HttpFailure(BaseModel):
    """Why there is no answer."""

    code: str = Field(
        description="egress_denied, timed_out, connection_failed, certificate, redirect_refused or internal"
    )
    detail: str


class HttpResult(BaseModel):
    """A server's answer, whatever its status; or `error`, where none answered."""

    model_config = ConfigDict(extra="forbid")

    status: int | None = None
    url: str | None = Field(default=None, description="where the answer came from, after redirects")
    headers: dict[str, str] | None = Field(default=None, description="by lower-case name")
    json_: Any = Field(default=None, alias="json", description="the body, where it is JSON")
    json_error: str | None = Field(default=None, description="why a body that says it is JSON stands as text")
    text: str | None = Field(default=None, description="the body, where it is text")
    truncated: bool | None = Field(default=None, description="whether there is more than stands here")
    redirects: int | None = Field(default=None, description="how many were followed")
    tries: int | None = Field(
        default=None, description="how often the request was sent, what redirects asked for aside"
    )
    error: HttpFailure | None = None


def _effect(arguments: Mapping[str, Any], _: bool) -> ToolEffect:  # noqa: FBT001 - as every judge of effects
    return ToolEffect.PURE if arguments.get("method") in REPEATABLE else ToolEffect.ONCE


HTTP = ToolContract(
    name="http",
    effect=ToolEffect.ONCE,
    cost=CostClass.LIGHT,
    profile=SandboxProfile.PYTHON,
    needs_egress=True,
    description=(
        "Makes one HTTP request to a host that the task's egress names and gives {status, headers, json or text, "
        "truncated}; any status is a result. Redirects are followed. Server errors, 429 and network failures are tried "
        "again where the request may be repeated. A body that is large or no text becomes the file `body`. Where there "
        "is no answer, the result has `error` with a code and a detail."
    ),
    arguments=HttpArguments,
    result=HttpResult,
    own_failures=frozenset({"egress_denied", "timed_out", "connection_failed", "certificate", "redirect_refused"}),
    judge=_effect,
)
