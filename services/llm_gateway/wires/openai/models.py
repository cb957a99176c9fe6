"""The gateway's models as OpenAI's clients read them."""

from collections.abc import Sequence
from typing import Any


def list_models(names: Sequence[str]) -> dict[str, Any]:
    return {"object": "list", "data": [show_model(name) for name in names]}


def show_model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "lockstep"}
