"""What OpenAI's automatic prompt cache would have held, derived from a request alone."""

from typing import Any

from simulated_provider.answers.tokens import CacheUse, count_messages, count_tools
from simulated_provider.faults.clauses import speaker_of

CACHED = "cached-"


def cache_use(body: dict[str, Any]) -> CacheUse:
    """What an automatic cache would have: all before the last user turn, once the model has answered before it."""
    messages = body["messages"]
    roles = [message.get("role") for message in messages]
    if not speaker_of(body["model"]).startswith(CACHED) or "user" not in roles:
        return CacheUse()
    last = len(roles) - 1 - roles[::-1].index("user")
    if "assistant" not in roles[:last]:
        return CacheUse()
    return CacheUse(read=count_tools(body.get("tools") or []) + count_messages(messages[:last]))
