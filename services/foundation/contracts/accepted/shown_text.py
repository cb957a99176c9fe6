"""Text that is shown where others are: what controls a terminal, turns the text around it, or cannot be seen at all."""

import re

CONTROLS = r"\x00-\x1f\x7f-\x9f\u2028\u2029"
"""Characters of C0 and C1, and the separators of lines and paragraphs; for a set in a pattern."""

DIRECTION_MARKS = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"
"""Characters that turn the direction of the text around them, including those that Unicode no longer recommends."""

BLANKS = r"\s\u200b-\u200d\u2060\ufeff"
"""Characters that show nothing of their own."""

_HIDING = re.compile(f"[{CONTROLS}{DIRECTION_MARKS}]")
_BLANK = re.compile(f"[{BLANKS}]*")


def hidden_in(text: str) -> str | None:
    """Why the text would not be shown as it is; None when it would."""
    if match := _HIDING.search(text):
        return f"U+{ord(match.group()):04X} controls the text or turns its direction; leave it out"
    return "there is nothing to be seen in it; write a name" if _BLANK.fullmatch(text) else None


def hidden_in_lines(text: str) -> str | None:
    """The same for a text of several lines, which may have tabs and ends of lines."""
    return hidden_in(re.sub(r"\r\n|[\n\t]", " ", text))
