"""Decoding of what a provider or a model wrote: whatever is wrong with it is a ValueError."""

from typing import TypeVar

import msgspec

_T = TypeVar("_T")


def decode_answer(decoder: msgspec.json.Decoder[_T], text: bytes | str) -> _T:
    try:
        return decoder.decode(text)
    except RecursionError as error:
        raise ValueError("JSON that is nested too deeply") from error
