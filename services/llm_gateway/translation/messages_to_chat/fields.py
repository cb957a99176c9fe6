"""What becomes of the members of a messages request on the way to chat completions."""

from llm_gateway.translation.fields import Fields

BODY = Fields(
    spoken=frozenset(
        {
            "model",
            "messages",
            "stream",
            "system",
            "max_tokens",
            "stop_sequences",
            "temperature",
            "top_p",
            "tools",
            "tool_choice",
            "thinking",
            "output_config",
            "metadata",
            "context_management",
        }
    ),
    dropped=frozenset({"cache_control", "diagnostics", "inference_geo", "service_tier", "speed"}),
    neutral={"mcp_servers": []},
)
MESSAGE = Fields(spoken=frozenset({"role", "content"}))
OUTPUT_CONFIG = Fields(spoken=frozenset({"effort", "format"}))
METADATA = Fields(spoken=frozenset({"user_id"}))
TOOL = Fields(
    spoken=frozenset({"type", "name", "description", "input_schema", "strict"}),
    dropped=frozenset({"cache_control", "eager_input_streaming"}),
    neutral={"allowed_callers": ["direct"], "defer_loading": False, "input_examples": []},
)
