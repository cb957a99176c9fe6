"""The operator's provider for searches of the web: which one, where it is asked, and the key that only proxies have.

A job that searches the web reaches the provider's host and no other, whatever its task names: to name the tool is to
let it ask there. A tenant's policy holds all the same. The key is handed to the runner with the lease, as a tenant's
secret is, and written into the request by the job's proxy. A provider may repeat it in its answer, so it is taken out
of the job's result before anybody gets that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any
from urllib.parse import quote, quote_plus, urlsplit

from foundation.contracts.egress.policy import NetworkPolicy
from foundation.contracts.egress.secrets import VALUE
from foundation.contracts.egress.urls import web_address
from foundation.contracts.tool_job import ToolJob, ToolResult
from foundation.contracts.tools.search import SEARCH
from tool_runtime.protocol import Injection, SearchUpstream

KEY_NAME = "search"
"""By which records of requests name the operator's key."""
_REDACTED = "[the operator's key]"


@dataclass(frozen=True, slots=True)
class _Wire:
    """Where a provider is asked if the operator names no place, and how it takes its key."""

    url: str | None
    header: str
    format: str


WIRES = {
    "brave": _Wire("https://api.search.brave.com/res/v1/web/search", "x-subscription-token", VALUE),
    "tavily": _Wire("https://api.tavily.com/search", "authorization", f"Bearer {VALUE}"),
    "searxng": _Wire(None, "authorization", f"Bearer {VALUE}"),
}
KEYLESS = frozenset({"searxng"})


@dataclass(frozen=True, slots=True)
class WebSearch:
    """What the operator has set."""

    upstream: SearchUpstream
    injections: tuple[Injection, ...]
    key: str | None = field(default=None, repr=False)

    @property
    def host(self) -> str:
        return host_of(self.upstream.url)

    def granted(self, job: ToolJob) -> ToolJob:
        """The job with a network that reaches the provider alone, if its tenant's policy allows that."""
        network = NetworkPolicy(hosts=[self.host], ceiling=job.network.ceiling)
        return job.model_copy(update={"network": network})

    def without_key(self, result: ToolResult) -> ToolResult:
        """The result of a search, in which nothing of what the provider says repeats the key that it was asked with."""
        if self.key is None:
            return result
        forms = {self.key, quote(self.key, safe=""), quote_plus(self.key)}
        told = _without(result.model_dump(), sorted(forms, key=len, reverse=True))
        return ToolResult.model_validate(told)


def host_of(url: str) -> str:
    return (urlsplit(url).hostname or "").removesuffix(".")


def web_search(provider: str | None, *, url: str | None, key: str | None) -> WebSearch | None:
    """None where the operator has no provider. Raises `ValueError` on settings that do not belong together."""
    if provider is None:
        if url or key:
            raise ValueError("a search URL or key is set, and no provider: set LOCKSTEP_LAUNCHER_SEARCH_PROVIDER too")
        return None
    wire = WIRES[provider]
    if key is None and provider not in KEYLESS:
        raise ValueError(
            f"{provider} needs a key: set LOCKSTEP_LAUNCHER_SEARCH_KEY or LOCKSTEP_LAUNCHER_SEARCH_KEY_FILE"
        )
    place = url or wire.url
    if place is None:
        raise ValueError(
            f"{provider} has no place of its own: set LOCKSTEP_LAUNCHER_SEARCH_URL, such as https://…/search"
        )
    web_address(place)
    upstream = SearchUpstream(provider=provider, url=place)
    if key is None:
        return WebSearch(upstream, (), key)
    path, text = urlsplit(place).path or "/", wire.format.replace(VALUE, key)
    # For this one path: whatever a job asks that host for otherwise, it asks without the operator's key.
    injection = Injection(name=KEY_NAME, host=host_of(place), path=path, header=wire.header, text=text)
    return WebSearch(upstream, (injection,), key)


def asks_the_web(job: ToolJob) -> bool:
    """Whether the job is a search that goes to the provider: what is said, or else where there are no documents."""
    if job.tool != SEARCH.name:
        return False
    source = job.arguments.get("source")
    return source == "web" or (source is None and not job.inputs and job.workspace is None)


def _without(value: Any, words: list[str]) -> Any:
    if isinstance(value, str) and not isinstance(value, Enum):
        for word in words:
            value = value.replace(word, _REDACTED)
        return value
    if isinstance(value, Mapping):
        return {_without(name, words): _without(item, words) for name, item in value.items()}
    return [_without(item, words) for item in value] if isinstance(value, list | tuple) else value
