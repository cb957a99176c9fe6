"""The usage in an answer of OpenAI's embeddings."""

import msgspec

from llm_gateway.exchange.failures import malformed
from llm_gateway.exchange.usage import Usage


class _Usage(msgspec.Struct):
    prompt_tokens: int


class _Body(msgspec.Struct):
    data: list[msgspec.Raw]
    usage: _Usage | None = None


_bodies = msgspec.json.Decoder(_Body)


def read_usage(body: bytes) -> Usage | None:
    """None where the answer has none; `UpstreamFailed` when the body is no answer."""
    try:
        usage = _bodies.decode(body).usage
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise malformed() from error
    return None if usage is None else Usage(input_tokens=usage.prompt_tokens, output_tokens=0)
