"""Brave's Web Search API: `GET /res/v1/web/search`, `WebSearchApiResponse`.

The form is that of https://api-dashboard.search.brave.com/app/documentation/web-search/responses, and of the types in
github.com/brave/brave-search-mcp-server (`src/tools/web/types.ts`), which is Brave's own client.
"""

from typing import Any

from tool_runtime.tools.programs.search.answers import Found, OtherForm, list_at, object_at, text_at, text_or_none


def request(query: str, limit: int) -> dict[str, Any]:
    asked = {"q": query, "count": limit, "result_filter": "web", "text_decorations": False}
    return {"method": "GET", "query": asked, "headers": {"Accept": "application/json"}}


def read(answer: Any) -> list[Found]:
    """Raises `OtherForm`. An answer without `web` has found no page."""
    if object_at(answer, "").get("type") != "search":
        raise OtherForm("/type is not search")
    if answer.get("web") is None:
        return []
    web = object_at(answer["web"], "/web")
    return [_found(one, f"/web/results/{at}") for at, one in enumerate(list_at(web, "results", "/web"))]


def _found(one: Any, place: str) -> Found:
    page = object_at(one, place)
    return Found(
        title=text_at(page, "title", place),
        url=text_at(page, "url", place),
        snippet=text_or_none(page, "description", place) or "",
        published=text_or_none(page, "page_age", place),
    )
