"""A request's body as the caller wrote it, JSON or YAML, with the place of what cannot be read."""

from typing import Any

from fastapi import Request
from fastapi.routing import APIRoute

from control_plane.requests.yaml_documents import parse_yaml
from foundation.contracts.accepted.accepted_json import NotAccepted, parse_json
from foundation.domain.errors import BadRequest, Fault, UnsupportedMediaType
from foundation.domain.words.quoting import quoted
from foundation.http.accepted_requests import is_json

_EMPTY = frozenset({b"", b"{}"})
YAML_TYPES = frozenset({"application/yaml", "application/x-yaml", "text/yaml"})


async def no_unread_body(request: Request) -> None:
    """Refuses a body where the route reads none: whoever sends one means something by it. `{}` means nothing."""
    route = request.scope.get("route")
    if request.method == "GET" or not isinstance(route, APIRoute) or _reads_a_body(route):
        return
    if (await request.body()).strip() not in _EMPTY:
        detail = "this call takes no body"
        raise BadRequest(f"/body: {detail}", faults=(Fault("/body", detail),), remedy="send it without a body")


def _reads_a_body(route: APIRoute) -> bool:
    """Those that read it by themselves say so in the document."""
    return route.body_field is not None or "requestBody" in (route.openapi_extra or {})


async def document_of(request: Request) -> Any:
    """The body's value; the error names the place of what cannot be read, or can be read as two things."""
    body = await request.body()
    content_type = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if not body.strip():
        raise BadRequest("the body is empty", remedy="send a JSON object, or YAML as application/yaml")
    if content_type in YAML_TYPES:
        return parse_yaml(body)
    if not is_json(content_type):
        detail = f"the content type {quoted(content_type)} is not read here"
        raise UnsupportedMediaType(detail, remedy="send application/json or application/yaml")
    try:
        return parse_json(body)
    except NotAccepted as error:
        # The app's door has read it by the same rules; only a body without a declared type comes here unread.
        raise BadRequest(error.reason, faults=(Fault(f"/body{error.pointer}", error.reason),)) from error
