"""Which callers can be served by which providers through a translation."""

from foundation.contracts.gateway.ledger import Dialect
from llm_gateway.translation.base import Translation
from llm_gateway.translation.chained import Chained
from llm_gateway.translation.chat_to_messages.translation import ChatToMessages
from llm_gateway.translation.messages_to_chat.translation import MessagesToChat
from llm_gateway.translation.responses_to_chat.translation import ResponsesToChat

_TRANSLATIONS: dict[tuple[Dialect, Dialect], Translation] = {
    (Dialect.CHAT, Dialect.MESSAGES): ChatToMessages(),
    (Dialect.MESSAGES, Dialect.CHAT): MessagesToChat(),
    (Dialect.RESPONSES, Dialect.CHAT): ResponsesToChat(),
    (Dialect.RESPONSES, Dialect.MESSAGES): Chained(
        ResponsesToChat(),
        ChatToMessages(keeps_thinking=True),
        places={
            "messages": "/input",
            "max_completion_tokens": "/max_output_tokens",
            "reasoning_effort": "/reasoning/effort",
            "response_format": "/text/format",
            "verbosity": "/text/verbosity",
        },
    ),
}


def translation(caller: Dialect, provider: Dialect) -> Translation | None:
    """None for a pair that has no translation, or needs none."""
    return _TRANSLATIONS.get((caller, provider))
