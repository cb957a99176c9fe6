"""What becomes of the members of a Responses request on the way to chat completions."""

from llm_gateway.translation.fields import Fields

COPIED = (
    "model",
    "stream",
    "temperature",
    "top_p",
    "parallel_tool_calls",
    "user",
    "safety_identifier",
    "metadata",
    "prompt_cache_key",
    "prompt_cache_retention",
)
"""Members that both have under one name."""
BODY = Fields(
    spoken=frozenset(
        {
            *COPIED,
            "input",
            "instructions",
            "max_output_tokens",
            "tools",
            "tool_choice",
            "text",
            "reasoning",
            "include",
        }
    ),
    dropped=frozenset({"client_metadata", "prompt_cache_options", "service_tier", "store", "stream_options"}),
    neutral={"background": False, "top_logprobs": 0, "truncation": "disabled", "context_management": []},
)
REASONING = Fields(
    spoken=frozenset({"effort"}),
    # what is thought is told as far as the provider tells it
    dropped=frozenset({"summary", "generate_summary"}),
    neutral={"context": "auto", "mode": "standard"},
)
TEXT = Fields(spoken=frozenset({"format", "verbosity"}))
TOOL = Fields(
    spoken=frozenset({"type", "name", "description", "parameters", "strict"}),
    neutral={"allowed_callers": ["direct"], "async": False, "defer_loading": False},
)
