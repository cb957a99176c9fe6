"""What the API's document says of rate limits: the headers of every answer."""

from typing import Any

_HEADERS = {
    "RateLimit-Policy": "the limits that the request was counted against: of each its name, how many requests it lets"
    " through at once (q), and in how many seconds it lets through as many again (w)",
    "RateLimit": "what is left of each: requests (r), and for how many seconds to make do with them (t)",
    "Retry-After": "the seconds to wait before the request is sent again",
}
_EXAMPLES = {
    "RateLimit-Policy": '"tenant";q=4000;w=4, "credential";q=2000;w=4',
    "RateLimit": '"tenant";r=3998;t=1, "credential";r=1998;t=1',
    "Retry-After": "1",
}
_ON_ALL = ("RateLimit-Policy", "RateLimit")
_TO_WAIT = {"429", "503"}


def document_rates(document: dict[str, Any]) -> None:
    """Adds the headers to every answer below `/api/v1`, and `Retry-After` to those that ask for patience."""
    document["components"]["headers"] = {
        name: {"description": description, "schema": {"type": "string"}, "example": _EXAMPLES[name]}
        for name, description in _HEADERS.items()
    }
    for path, item in document["paths"].items():
        if not path.startswith("/api/"):
            continue
        for operation in item.values():
            for status, answer in operation["responses"].items():
                names = (*_ON_ALL, "Retry-After") if status in _TO_WAIT else _ON_ALL
                headers = answer.setdefault("headers", {})
                headers.update({name: {"$ref": f"#/components/headers/{name}"} for name in names})
