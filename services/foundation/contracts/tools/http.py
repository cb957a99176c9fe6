"""`http`: one request to a web service, with redirects followed and passing failures tried again."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from foundation.contracts.egress_hosts import is_host
from foundation.contracts.tools.arguments import Json, StorableText, ToolArguments
from foundation.contracts.tools.contract import ToolContract
from foundation.domain.tools import ToolEffect

MAX_URL = 8192
MAX_HEADERS = 50
MAX_HEADER_VALUE = 8192
MAX_QUERY = 100
MAX_BODY = 512 * 1024
MAX_REDIRECTS = 10

REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
"""The methods that RFC 9110 calls idempotent: making the request again changes no more than making it once."""
_OURS = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "keep-alive", "te", "trailer", "upgrade", "expect"}
)
_NAME, _VALUE = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}"), re.compile(r"[\t -~\x80-\xff]*")
_VISIBLE = re.compile(r"[!-~]+")


def _url(text: str) -> str:
    if not _VISIBLE.fullmatch(text):
        raise ValueError("a URL has visible ASCII characters only; write others as %XX, and hosts as xn--…")
    parts = urlsplit(text)
    host = (parts.hostname or "").removesuffix(".")
    if parts.scheme not in {"http", "https"} or "@" in parts.netloc or not is_host(host):
        raise ValueError("write http:// or https:// and a full host name; no user, no IP address")
    if parts.port == 0:  # raises `ValueError` itself for what is no port
        raise ValueError("there is no port 0")
    return text


def _headers(headers: dict[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
            raise ValueError(f"the header {name!r} is not a name of letters, digits and - with a value on one line")
        if name.lower() in _OURS or name.lower().startswith("proxy-"):
            raise ValueError(f"the header {name!r} is set by the tool")
    if len({name.lower() for name in headers}) != len(headers):
        raise ValueError("a header stands there twice, in other case")
    return headers


Scalar = StorableText | int | float | bool


class HttpArguments(ToolArguments):
    """One request; of `json`, `form` and `body` at most one is its body."""

    method: Literal["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "POST", "PATCH"]
    url: Annotated[StorableText, Field(max_length=MAX_URL), AfterValidator(_url)]
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

    @model_validator(mode="after")
    def _one_body(self) -> Self:
        given = self.model_fields_set & {"json_", "form", "body"}
        if len(given) > 1:
            raise ValueError("a request has one body: json, form or body")
        return self


def _effect(arguments: Mapping[str, Any], _: bool) -> ToolEffect:  # noqa: FBT001 - as every judge of effects
    return ToolEffect.PURE if arguments.get("method") in REPEATABLE else ToolEffect.ONCE


HTTP = ToolContract(
    name="http",
    effect=ToolEffect.ONCE,
    description=(
        "Makes one HTTP request to a host that the task's egress names and gives {status, headers, json or text, "
        "truncated}; any status is a result. Redirects are followed. Server errors, 429 and network failures are tried "
        "again where the request may be repeated. A body that is large or no text becomes the file `body`. Where there "
        "is no answer, the result has `error` with a code and a detail."
    ),
    arguments=HttpArguments,
    judge=_effect,
)
