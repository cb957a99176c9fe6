"""The aliases as each vendor's clients read models."""

from typing import Any

_LONG_AGO = "1970-01-01T00:00:00Z"


def models_list(names: list[str]) -> dict[str, Any]:
    """As OpenAI's clients read them."""
    return {"object": "list", "data": [_openai(name) for name in names]}


def models_page(names: list[str]) -> dict[str, Any]:
    """As Anthropic's clients read them; all on one page."""
    return {
        "data": [_anthropic(name) for name in names],
        "has_more": False,
        "first_id": names[0] if names else None,
        "last_id": names[-1] if names else None,
    }


def one_model(name: str, *, anthropic: bool) -> dict[str, Any]:
    return _anthropic(name) if anthropic else _openai(name)


def _openai(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "lockstep"}


def _anthropic(name: str) -> dict[str, Any]:
    return {"type": "model", "id": name, "display_name": name, "created_at": _LONG_AGO}
