"""Pydantic's errors as sentences for whoever sent the value."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import AfterValidator

from foundation.domain.errors import sentence_of

_SENTENCES: Mapping[str, str] = {
    "extra_forbidden": "this member is not known here; leave it out, or see the reference for those that are",
    "missing": "this member is required",
    "string_pattern_mismatch": "it is not in the form that the reference gives for it",
}
"""For the kinds of errors whose own words name Python, or a pattern, and not the request."""


def sentence_of_error(error: Mapping[str, Any]) -> str:
    """One of Pydantic's errors; the caller's own value is not repeated, it may be a secret."""
    context, kind = error.get("ctx", {}), error["type"]
    unit = "character" if isinstance(error.get("input"), str | bytes) else "item"
    if kind in {"too_long", "string_too_long"} and "max_length" in context:
        return f"at most {_counted(context['max_length'], unit)} taken"
    if kind in {"too_short", "string_too_short"} and "min_length" in context:
        return f"at least {_counted(context['min_length'], unit)} needed"
    return _SENTENCES.get(kind) or sentence_of(error["msg"])


def _counted(number: int, unit: str) -> str:
    return f"1 {unit} is" if number == 1 else f"{number} {unit}s are"


def written_as(pattern: str, words: str) -> AfterValidator:
    """For a text that is in this form as a whole; `words` say the form to whoever wrote it otherwise."""
    form = re.compile(pattern)

    def check(text: str) -> str:
        if not form.fullmatch(text):
            raise ValueError(words)
        return text

    return AfterValidator(check)
