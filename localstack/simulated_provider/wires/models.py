"""The lists of models, in the form of either vendor."""

import json
from collections.abc import Iterable
from typing import Any

from simulated_provider.wires.base import CREATED

NAMED = ("cached-1", "default", "embed-1", "multibyte-1", "odd-1", "reasoning-1", "vision-1")
"""One model of each kind. Every name is a model, so the list is never complete; scripts are added to it."""
_RELEASED = "2026-01-01T00:00:00Z"


def listed(names: Iterable[str], *, anthropic: bool) -> bytes:
    """The body of a list."""
    models = [_model(name, anthropic=anthropic) for name in names]
    if not anthropic:
        return json.dumps({"object": "list", "data": models}).encode()
    ends = {"first_id": models[0]["id"], "last_id": models[-1]["id"]}
    return json.dumps({"data": models, "has_more": False, **ends}).encode()


def described(name: str, *, anthropic: bool) -> bytes:
    """The body of an answer with one model."""
    return json.dumps(_model(name, anthropic=anthropic)).encode()


def _model(name: str, *, anthropic: bool) -> dict[str, Any]:
    if not anthropic:
        return {"id": name, "object": "model", "created": CREATED, "owned_by": "simulated"}
    details = {"display_name": f"Simulated {name}", "created_at": _RELEASED, "lifecycle": "active"}
    return {"type": "model", "id": name, **details}
