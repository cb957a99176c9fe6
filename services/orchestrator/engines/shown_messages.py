"""Messages on which people decide: shown as they are, or not asked at all."""

from foundation.contracts.accepted.shown_text import hidden_in_lines
from foundation.contracts.expressions.evaluation import ExpressionError
from foundation.contracts.steps.base import MAX_INSTRUCTIONS


def shown_message(message: str, *, at: str) -> str:
    """The message; `ExpressionError` for one that would not be shown as it is, or is too long.

    Somebody decides by what they see, so that nothing may hide in it or turn the text around it.
    """
    if len(message) > MAX_INSTRUCTIONS:
        raise ExpressionError(f"{at}: it has {len(message)} characters; at most {MAX_INSTRUCTIONS} are shown")
    if not message.strip():
        raise ExpressionError(f"{at}: its expressions give an empty text; write || 'default' within them")
    if (why := hidden_in_lines(message)) is not None:
        raise ExpressionError(f"{at}: {why}")
    return message
