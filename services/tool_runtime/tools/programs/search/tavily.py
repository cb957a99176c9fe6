"""Tavily's Search API: `POST /search`.

The form is that of https://docs.tavily.com/documentation/api-reference/endpoint/search, and of the vendor's client,
github.com/tavily-ai/tavily-python (`tavily/tavily.py`).
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


def request(query: str, limit: int) -> dict[str, Any]:
    return {"method": "POST", "json": {"query": query, "max_results": limit, "search_depth": "basic"}}


def read(answer: Any) -> list[Found]:
    """Raises `OtherForm`."""
    results = list_at(object_at(answer, ""), "results", "")
    return [_found(one, f"/results/{at}") for at, one in enumerate(results)]


def _found(one: Any, place: str) -> Found:
    page = object_at(one, place)
    return Found(
        title=text_at(page, "title", place),
        url=text_at(page, "url", place),
        snippet=text_at(page, "content", place),
        score=number_or_none(page, "score", place),
        published=text_or_none(page, "published_date", place),
    )
