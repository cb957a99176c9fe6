"""Any server that speaks OpenAI's chat completions: vLLM, llama.cpp, Ollama, the simulated provider."""

from llm_gateway.providers.openai import OpenAIProvider


class LocalProvider(OpenAIProvider):
    """Knows the older name of the limit, and has one tier."""

    limit_field = "max_tokens"
    pinned = ()
