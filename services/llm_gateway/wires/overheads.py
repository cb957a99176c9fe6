"""Tokens that a provider's template may add beside the text of a request, of each message and of each tool."""

REQUEST_OVERHEAD = 32
MESSAGE_OVERHEAD = 16
TOOL_OVERHEAD = 64
