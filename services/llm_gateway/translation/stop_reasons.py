"""Why an answer ended, in the words of chat completions and of messages."""

_AS_CHAT = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    # it is not finished, and this is how chat completions say so
    "pause_turn": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}
_AS_MESSAGES = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tool_calls": "tool_use",
    "function_call": "tool_use",
    "content_filter": "refusal",
}


def as_finish_reason(stop_reason: str | None) -> str:
    return _AS_CHAT.get(stop_reason or "", "stop")


def as_stop_reason(finish_reason: str | None, *, called: bool, refused: bool) -> str:
    """`called` and `refused` are what the message has: some say that it just stopped."""
    reason = _AS_MESSAGES.get(finish_reason or "", "end_turn")
    if reason != "end_turn":
        return reason
    if called:
        return "tool_use"
    return "refusal" if refused else reason
