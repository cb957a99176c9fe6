"""A model request as every part of the gateway knows it, whatever wire it came on."""

from enum import IntEnum

import msgspec

from foundation.contracts.gateway.ledger import Dialect
from llm_gateway.exchange.media import Media


class CacheWrites(IntEnum):
    """The dearest way in which a request may write to a prompt cache."""

    NONE = 0
    FIVE_MINUTES = 1
    HOUR = 2


class ProviderTool(msgspec.Struct, frozen=True):
    """A tool that the provider would run, as the request has it."""

    type: str
    written: msgspec.Raw


class Reference(msgspec.Struct, frozen=True):
    """An item of which the request has the name only, or whose thoughts the provider keeps."""

    index: int
    id: str
    stands_here: bool = False
    """Whether the item itself is there, and only what the provider keeps of it is not."""
    is_whole: bool = False
    """Whether nothing is missing: its name must not be sent on unless it is known, since the provider looks it up."""

    @property
    def place(self) -> str:
        return f"/input/{self.index}"


class ModelRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked, ready to be sent on with few fields changed.

    `text_tokens` is the most that everything but media can take: a token is at least one byte of its text, and JSON
    never writes text in fewer bytes than UTF-8 does; so the raw bytes of messages and tools, with an overhead each, are
    a bound that costs nothing to count. `forwarded` are headers that go to the provider as they came. `unlisted` are
    fields of which nobody has said that they cost nothing; `references` are items that stand elsewhere.
    """

    dialect: Dialect
    model: str
    streamed: bool
    wants_usage: bool
    choices: int
    max_output: int | None
    text_tokens: int
    cache_writes: CacheWrites
    fields: dict[str, msgspec.Raw]
    media: tuple[Media, ...] = ()
    forwarded: tuple[tuple[str, str], ...] = ()
    unlisted: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    own_tools: tuple[msgspec.Raw, ...] = ()
    provider_tools: tuple[ProviderTool, ...] = ()
    """Where there are such, `own_tools` are the others; which of them are sent depends on the targets."""
    left_out: tuple[str, ...] = ()
    """The types of those that are not sent."""
    searches: int = 0
    """How often the provider may search."""
