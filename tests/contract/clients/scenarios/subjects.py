"""What clients ask about, the same for all of them."""

from typing import Any

from pydantic import BaseModel

PROMPT = "How many penguins?"
TEMPERATURE = '{"celsius": -4}'
"""What the tools answer."""


class Penguin(BaseModel):
    """A penguin of one species."""

    species: str
    mass_kg: float
    colours: list[str]


def parameters() -> dict[str, Any]:
    place = {"type": "string", "description": "where"}
    return {"type": "object", "properties": {"place": place}, "required": ["place"], "additionalProperties": False}
