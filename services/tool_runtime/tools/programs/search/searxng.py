"""A SearXNG instance: `GET /search?format=json`, which its operator has to allow (`search.formats` in its settings).

The form is that of https://docs.searxng.org/dev/search_api.html and of `get_json_response` in `searx/webutils.py`
(github.com/searxng/searxng).
"""

from typing import Any

from tool_runtime.tools.programs.search.answers import (
    Found,
    list_at,
    number_or_none,
    object_at,
    text_at,
    text_or_none,
)


def request(query: str, limit: int) -> dict[str, Any]:  # noqa: ARG001 - it has no such parameter; a page has about ten
    return {"method": "GET", "query": {"q": query, "format": "json"}}


def read(answer: Any) -> list[Found]:
    """Raises `OtherForm`."""
    results = list_at(object_at(answer, ""), "results", "")
    return [_found(one, f"/results/{at}") for at, one in enumerate(results)]


def _found(one: Any, place: str) -> Found:
    page = object_at(one, place)
    return Found(
        title=text_at(page, "title", place),
        url=text_at(page, "url", place),
        snippet=text_or_none(page, "content", place) or "",
        score=number_or_none(page, "score", place),
        published=text_or_none(page, "publishedDate", place),
    )
