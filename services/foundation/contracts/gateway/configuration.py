"""What the control plane asks a gateway of a configuration that an operator proposes."""

from pydantic import Field

from foundation.contracts.message import Message


class ConfigurationInQuestion(Message):
    """A document in the form of the gateway's files (TOML)."""

    document: str


class ConfigurationChecked(Message):
    """`fault` says where and why it could not be served over the gateway's files; None when it could."""

    fault: str | None = Field(default=None)
