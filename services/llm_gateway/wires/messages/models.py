"""The gateway's models as Anthropic's clients read them."""

from collections.abc import Sequence
from typing import Any

_LONG_AGO = "1970-01-01T00:00:00Z"
"""A route has no date; the clients require one."""


def list_models(names: Sequence[str]) -> dict[str, Any]:
    """All of them on one page."""
    return {
        "data": [show_model(name) for name in names],
        "has_more": False,
        "first_id": names[0] if names else None,
        "last_id": names[-1] if names else None,
    }


def show_model(name: str) -> dict[str, Any]:
    return {"type": "model", "id": name, "display_name": name, "created_at": _LONG_AGO}
