"""What the API's document says of headers that no route declares: of versions, places and deprecations."""

from typing import Any

from control_plane.requests.answers.deprecations import DEPRECATIONS
from control_plane.requests.answers.examples import add_examples
from control_plane.requests.rates.documentation import document_rates

_HEADERS = {
    "ETag": (
        "the version, for `If-Match` of a change, and a digest of what is shown, for `If-None-Match` of the next read",
        '"3.9f86d081884c7d659a2feaa0c55ad015"',
    ),
    "Location": ("where what was made is read", "/api/v1/runs/019a0000-0000-7000-8000-000000000000"),
    "Deprecation": ("since when something that the request uses is deprecated; only where it uses any", "@1796083200"),
    "Sunset": ("until when that works at least", "Wed, 01 Dec 2027 00:00:00 GMT"),
    "Link": ("where to read on about it", '</api/v1/docs>; rel="deprecation"; type="text/html"'),
}
_OF_DEPRECATED = ("Deprecation", "Sunset", "Link")
_IF_NONE_MATCH = {
    "name": "if-none-match",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "title": "If-None-Match"},
    "description": "ETags that the caller has, or `*`: 304 and no body where what would be answered is one of them",
}
_NOT_MADE_TO_BE_READ = {"call_trigger"}
"""What makes something that its caller may not read."""


_TAGGED_ELSEWHERE = {"fork_run", "suspend_tenant", "restore_tenant"}
"""What is answered with a thing that is read elsewhere, and with its version."""
_BEGUN = {"export_tenant", "delete_tenant"}
"""What goes on after its answer, which says where to look."""


def finish_document(document: dict[str, Any]) -> None:
    """Adds what is true of many routes and declared by none of them."""
    document_rates(document)
    components = document["components"]["headers"]
    components |= {
        name: {"description": told, "schema": {"type": "string"}, "example": example}
        for name, (told, example) in _HEADERS.items()
    }
    paths = document["paths"]
    versioned = {path for path, item in paths.items() if any(map(_takes_a_version, item.values()))}
    for path, item in paths.items():
        for method, operation in item.items():
            _describe(operation, method, versioned=path in versioned, of_versioned=_is_above(path, versioned))
    add_examples(document)


def _takes_a_version(operation: dict[str, Any]) -> bool:
    return any(one["name"].lower() == "if-match" for one in operation.get("parameters", ()))


def _is_above(path: str, versioned: set[str]) -> bool:
    """Whether what is made here has a place of its own below, which has versions."""
    return any(other.rpartition("/")[0] == path and other.endswith("}") for other in versioned)


def _describe(operation: dict[str, Any], method: str, *, versioned: bool, of_versioned: bool) -> None:
    answers = operation["responses"]
    name = operation["operationId"]
    makes = method == "post" and "201" in answers and name not in _NOT_MADE_TO_BE_READ
    for status in answers:
        if status in {"200", "201"} and (versioned or (makes and of_versioned) or name in _TAGGED_ELSEWHERE):
            _add(answers[status], "ETag")
        if (status in {"200", "201"} and makes) or (status == "202" and name in _BEGUN):
            _add(answers[status], "Location")
    if versioned and method == "get":
        operation.setdefault("parameters", []).append(_IF_NONE_MATCH)
        answers["304"] = {"description": "what the caller has is what would be answered"}
        _add(answers["304"], "ETag", "RateLimit-Policy", "RateLimit")
    if any(one.operation == operation["operationId"] for one in DEPRECATIONS):
        for answer in answers.values():
            _add(answer, *_OF_DEPRECATED)


def _add(answer: dict[str, Any], *names: str) -> None:
    answer.setdefault("headers", {}).update({name: {"$ref": f"#/components/headers/{name}"} for name in names})
