"""Which adapter speaks for a configured provider, in each dialect that it has."""

from collections.abc import Mapping

from llm_gateway.configuration.file import ProviderConfig
from llm_gateway.dialects.base import Dialect
from llm_gateway.providers.anthropic import AnthropicCompatibleProvider, AnthropicProvider
from llm_gateway.providers.base import Provider
from llm_gateway.providers.local import LocalProvider
from llm_gateway.providers.openai import OpenAIProvider

_ADAPTERS: Mapping[str, type[OpenAIProvider] | type[AnthropicCompatibleProvider]] = {
    "openai": OpenAIProvider,
    "local": LocalProvider,
    "anthropic": AnthropicProvider,
}


def wires_of(name: str, config: ProviderConfig, *, key: str | None) -> dict[Dialect, Provider]:
    """The provider as each dialect's callers reach it without a translation."""
    main = _ADAPTERS[config.adapter](name, config.base_url, key=key, timeouts=config.timeouts)
    wires: dict[Dialect, Provider] = {main.dialect: main}
    if config.messages_url is not None:
        also = AnthropicCompatibleProvider(name, config.messages_url, key=key, timeouts=config.timeouts)
        wires.setdefault(also.dialect, also)
    return wires
