"""What a page's own scripts give where something is asked of the page: it may be anything, and is checked here.

A page can put functions of its own in the place of those that a question goes through (`innerText`, `outerHTML`,
`scrollHeight`, `Array.prototype.map` …), so that an answer is of another kind than what was asked for, or none.
"""

import math
from typing import Any

from tool_runtime.tools.programs.browser.failures import BrowserStepFailed
from tool_runtime.tools.programs.results import clean

_PAIR = 2
LONGEST = 64 * 1024 * 1024
"""Characters of all texts of one answer."""


def texts(value: Any) -> list[str]:
    """Several texts, clean."""
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise odd("something that is no text")
    if sum(map(len, value)) > LONGEST:
        raise odd(f"more than {LONGEST} characters")
    return [clean(text) for text in value]


def text(value: Any) -> str:
    """One text, clean."""
    return texts([value])[0]


def pair(value: Any) -> tuple[Any, Any]:
    """Two values."""
    if not isinstance(value, list) or len(value) != _PAIR:
        raise odd("something else")
    return value[0], value[1]


def size(value: Any) -> int:
    """A number of pixels or characters, from 1."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise odd("something that is no size")
    return max(1, int(value))


def odd(what: str) -> BrowserStepFailed:
    return BrowserStepFailed(
        "odd_page",
        f"the page's own scripts answer with {what} where its content is asked for; what it shows can be had by"
        " another step (a screenshot, or extract in another format)",
    )
