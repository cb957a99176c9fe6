"""What OpenAI's automatic prompt cache would have held, derived from a request alone."""

from typing import Any

from simulated_provider.answers.tokens import CacheUse, count_messages, count_tools
from simulated_provider.faults.clauses import imitated_model

CACHED = "cached-"


def cache_use(body: dict[str, Any]) -> CacheUse:
    """All before the last user turn is read from the cache if the model has answered before; nothing is written."""
    messages = body["messages"]
    roles = [message.get("role") for message in messages]
    if not imitated_model(body["model"]).startswith(CACHED) or "user" not in roles:
        return CacheUse()
    last = len(roles) - 1 - roles[::-1].index("user")
    if "assistant" not in roles[:last]:
        return CacheUse()
    return CacheUse(read=count_tools(body.get("tools") or []) + count_messages(messages[:last]))
