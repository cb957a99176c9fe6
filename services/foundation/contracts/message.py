"""The base of every message: immutable, strict about unknown members."""

from pydantic import BaseModel, ConfigDict


class Message(BaseModel):
    """A frozen value that crosses a process; unknown members are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64")
