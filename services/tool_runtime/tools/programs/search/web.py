"""Asks the operator's provider, and reads its answer strictly: what is not in the provider's form is said, not guessed.

The provider's key is in none of it: the job's proxy writes it into the request.
"""

import contextlib
import html
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from foundation.contracts.accepted.shown_text import without_hidden
from tool_runtime.tools.programs.endings import ActionFailed
from tool_runtime.tools.programs.http.connection import Answer
from tool_runtime.tools.programs.http.exchange import Exchange
from tool_runtime.tools.programs.results import Room, clean
from tool_runtime.tools.programs.search import brave, searxng, tavily
from tool_runtime.tools.programs.search.answers import Found, OtherForm

MAX_ANSWER = 4 * 1024 * 1024
SHOWN_SKIPPED = 50
LONGEST = {"title": 300, "snippet": 1000, "published": 100}
MAX_URL = 2048
_PAGE = re.compile(r"https?://[!-~]+")
_REFUSED = frozenset({401, 403})
_USED_UP = frozenset({402, 429, 432, 433})
"""Too many requests, or more than what was paid for; the two above 430 are Tavily's."""


@dataclass(frozen=True)
class SearchWire:
    """How one provider is asked, and how its answer reads; the latter raises `OtherForm`."""

    request: Callable[[str, int], dict[str, Any]]
    read: Callable[[Any], list[Found]]


WIRES = {
    "brave": SearchWire(brave.request, brave.read),
    "searxng": SearchWire(searxng.request, searxng.read),
    "tavily": SearchWire(tavily.request, tavily.read),
}


def search_web(wanted: dict[str, Any], upstream: dict[str, str], *, until: float) -> dict[str, Any]:
    """Asks until that time at most. Raises `ActionFailed`, and `RequestFailed` where nobody answered."""
    name = upstream["provider"]
    provider = WIRES[name]
    asked = {
        "form": None,
        "body": None,
        "query": {},
        "headers": {},
        **provider.request(wanted["query"], wanted["limit"]),
    }
    ours = {"url": upstream["url"], "may_repeat": True, "key": None, "max_redirects": 0}
    answer = Exchange({**asked, **ours}, until=until).answer()
    try:
        found = provider.read(_value(name, answer))
    except OtherForm as error:
        raise ActionFailed("provider_answer", f"{name} answered in another form than its own: {error}") from None
    hits: list[dict[str, Any]] = []
    skipped: list[dict[str, str]] = []
    for one in found:
        if len(one.url) > MAX_URL or not _PAGE.fullmatch(one.url):
            skipped.append({"place": _clean(one.url)[:200], "reason": "it is not the address of a page of the web"})
        elif len(hits) < wanted["limit"]:
            hits.append(_hit(one))
    room = Room()
    return {
        "source": "web",
        "provider": name,
        "results": room.first(hits, most=len(hits))[0],
        "skipped": room.first(skipped, most=SHOWN_SKIPPED)[0],
        "skipped_in_all": len(skipped),
    }


def _value(name: str, answer: Answer) -> Any:
    if answer.status in _REFUSED:
        raise ActionFailed("provider_refused", f"{name} does not take the operator's key ({answer.status})")
    if answer.status in _USED_UP:
        raise ActionFailed("provider_busy", f"{name} takes no more searches for now ({answer.status}); try again later")
    if answer.status != 200:  # noqa: PLR2004
        raise ActionFailed("provider_failed", f"{name} answered with {answer.status}")
    if answer.cut or len(answer.content) > MAX_ANSWER:
        raise OtherForm(f"it has more than {MAX_ANSWER} bytes")
    try:
        return json.loads(answer.content)
    except (ValueError, RecursionError):
        raise OtherForm("it is no JSON") from None


def _hit(found: Found) -> dict[str, Any]:
    texts = {"title": found.title, "snippet": found.snippet, "published": found.published}
    shown = {name: None if text is None else _clean(text)[: LONGEST[name]] for name, text in texts.items()}
    return {**shown, "url": found.url, "score": found.score}


def _clean(text: str) -> str:
    """Without the entities of HTML, on one line, and as it is shown: a page writes its own title."""
    with contextlib.suppress(ValueError):
        # A number of thousands of digits is the number of no character.
        text = html.unescape(text)
    return clean(without_hidden(text))
