"""Which wires a configured provider has, by the dialect that each speaks."""

from llm_gateway.configuration.file import ProviderConfig
from llm_gateway.exchange.dialect import Dialect
from llm_gateway.providers.anthropic import AnthropicCompatibleProvider, AnthropicProvider
from llm_gateway.providers.base import Provider
from llm_gateway.providers.openai import (
    DEFAULT_TIER,
    CompletionsWire,
    EmbeddingsWire,
    ResponsesWire,
)

_LIMIT_NAMES = {"openai": "max_completion_tokens", "openai-compatible": "max_tokens"}


def wires_of(name: str, config: ProviderConfig, *, key: str | None) -> dict[Dialect, Provider]:
    """The provider as each dialect's callers reach it without a translation."""
    url, timeouts = config.base_url, config.timeouts
    wires: list[Provider] = []
    if config.adapter == "anthropic":
        wires.append(AnthropicProvider(name, url, key=key, timeouts=timeouts))
    else:
        pinned = DEFAULT_TIER if config.adapter == "openai" else ()
        completions = CompletionsWire(name, url, key=key, timeouts=timeouts, pinned=pinned)
        # other servers (vLLM, llama.cpp, Ollama) may know the older name only
        completions.limit_name = config.limit_name or _LIMIT_NAMES[config.adapter]
        wires.append(completions)
        if config.responses:
            wires.append(ResponsesWire(name, url, key=key, timeouts=timeouts, pinned=pinned))
        if config.embeddings:
            wires.append(EmbeddingsWire(name, url, key=key, timeouts=timeouts))
    if config.messages_url is not None:
        wires.append(AnthropicCompatibleProvider(name, config.messages_url, key=key, timeouts=timeouts))
    found: dict[Dialect, Provider] = {}
    for wire in wires:
        found.setdefault(wire.dialect, wire)
    return found
