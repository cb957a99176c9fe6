"""An MCP server as a tenant describes it: a package that is staged and started in the job, or an address on the web."""

import re
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from foundation.contracts.accepted.sentences import WrittenAs
from foundation.contracts.egress.urls import web_address
from foundation.contracts.message import Message
from foundation.contracts.tools.arguments import StorableText
from foundation.domain.words.quoting import quoted

MAX_ARGUMENTS = 50
MAX_VARIABLES = 50
MAX_TEXT = 2000
_NAMES = {
    "npm": (re.compile(r"(@[a-z0-9~-][a-z0-9._~-]*/)?[a-z0-9~-][a-z0-9._~-]*"), "@modelcontextprotocol/server-memory"),
    "pypi": (re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?"), "mcp-server-time"),
}

Text = Annotated[StorableText, Field(max_length=MAX_TEXT)]
Variable = Annotated[
    str,
    WrittenAs(r"[A-Za-z_][A-Za-z0-9_]{0,63}", "a variable's name has letters, digits and _, 64 in all", is_key=True),
]
Script = Annotated[
    str, WrittenAs(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", "a script's name has letters, digits, `.`, `_` and `-`")
]


class McpServer(Message):
    """A package of PyPI or npm, staged as files, for none of which anything is fetched; or an address on the web."""

    transport: Literal["stdio", "streamable_http"]
    registry: Literal["pypi", "npm"] | None = Field(default=None, description="stdio: whose package it is")
    package: str | None = Field(default=None, max_length=214, description="stdio: its name at the registry")
    script: Script | None = Field(
        default=None, description="stdio: which of the package's programs is started, where it has several"
    )
    arguments: list[Text] = Field(default=[], max_length=MAX_ARGUMENTS, description="stdio: of the program")
    environment: dict[Variable, Text] = Field(
        default={},
        max_length=MAX_VARIABLES,
        description="stdio: no credentials, which are secrets that the proxy adds by host",
    )
    url: Annotated[StorableText, Field(max_length=2048), AfterValidator(web_address)] | None = Field(
        default=None, description="streamable_http: its address; the task's egress has to name the host"
    )

    @model_validator(mode="after")
    def _is_one_of_both(self) -> Self:
        own = {"registry", "package"} if self.transport == "stdio" else {"url"}
        given = {name for name in type(self).model_fields if name != "transport" and getattr(self, name)}
        if missing := sorted(own - given):
            raise ValueError(f"a server of the transport {self.transport} needs {quoted(missing[0])}")
        of_other = given & ({"url"} if self.transport == "stdio" else given - own)
        if of_other:
            raise ValueError(f"a server of the transport {self.transport} takes no {quoted(min(of_other))}")
        if self.registry is not None and self.package is not None:
            form, such_as = _NAMES[self.registry]
            if not form.fullmatch(self.package) or ".." in self.package:
                raise ValueError(f"a package of {self.registry} is named as there, such as {such_as}")
        return self

    @property
    def host(self) -> str | None:
        """The host that calls ask; None for a server that runs in the job."""
        return None if self.url is None else (urlsplit(self.url).hostname or "").removesuffix(".")
