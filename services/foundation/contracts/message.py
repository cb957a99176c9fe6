"""The base of every message: immutable, strict about unknown members."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict


class Message(BaseModel):
    """A frozen value that crosses a process; unknown members are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64")


TEXT, OBJECT = "text", "object"


def shape_of(value: object) -> str:
    """Which member of a union of a text and an object is meant, so that faults are told of that one alone."""
    return OBJECT if isinstance(value, Mapping | BaseModel) else TEXT
