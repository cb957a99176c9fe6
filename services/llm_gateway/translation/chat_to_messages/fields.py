"""What becomes of the members of a chat completions request on the way to messages."""

from llm_gateway.translation.fields import Fields

BODY = Fields(
    spoken=frozenset(
        {
            "model",
            "messages",
            "stream",
            "max_tokens",
            "max_completion_tokens",
            "stop",
            "temperature",
            "top_p",
            "tools",
            "tool_choice",
            "parallel_tool_calls",
            "response_format",
            "reasoning_effort",
            "user",
            "safety_identifier",
        }
    ),
    dropped=frozenset(
        {
            "metadata",
            "prompt_cache_key",
            "prompt_cache_options",
            "prompt_cache_retention",
            "seed",
            "service_tier",
            "store",
            "stream_options",
        }
    ),
    neutral={
        "n": 1,
        "logprobs": False,
        "top_logprobs": 0,
        "logit_bias": {},
        "frequency_penalty": 0,
        "presence_penalty": 0,
        "modalities": ["text"],
        "verbosity": "medium",
        "functions": [],
    },
)
_ANSWERED: dict[str, object] = {"annotations": []}
"""Members that stand in a message because a client sends back what it was answered."""
MESSAGES = {
    "system": Fields(spoken=frozenset({"role", "content"}), dropped=frozenset({"name"})),
    "developer": Fields(spoken=frozenset({"role", "content"}), dropped=frozenset({"name"})),
    # said before the text
    "user": Fields(spoken=frozenset({"role", "name", "content"})),
    "assistant": Fields(
        spoken=frozenset({"role", "content", "refusal", "tool_calls"}),
        dropped=frozenset({"name", "reasoning_content"}),
        neutral=_ANSWERED,
    ),
    # a result is told by its call's id; the name repeats it
    "tool": Fields(spoken=frozenset({"role", "content", "tool_call_id"}), dropped=frozenset({"name"})),
}
FUNCTION = Fields(spoken=frozenset({"name", "description", "parameters", "strict"}))
