"""Text that is shown where others are: what controls a terminal, turns the text around it, or cannot be seen at all."""

import re
import unicodedata

from foundation.domain.words.quoting import quoted

CONTROLS = r"\x00-\x1f\x7f-\x9f\u2028\u2029"
"""Characters of C0 and C1, and the separators of lines and paragraphs; for a set in a pattern."""

DIRECTION_MARKS = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"
"""Characters that turn the direction of the text around them, including those that Unicode no longer recommends."""

BLANKS = r"\s\u200b-\u200d\u2060\u2800\ufeff"
"""Characters that show nothing of their own."""

_UNSEEN = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2060-\u2064\u3164\ufeff\uffa0\U000e0000-\U000e0fff]"
    # Joiners shape the letters of some scripts and the parts of an emoji, never a text of ASCII.
    "|(?:(?<=[\x00-\x7f])|^)[\u200c\u200d]"
)
"""What nobody sees beside what is there to be seen, so that two texts would look the same."""
_ODD_BLANK = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u2800]")
"""Blanks that look like the plain one, so that two names would look the same. U+3000 is as wide as a letter there."""
_ALPHABETS = ("LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "CHEROKEE")
"""Those whose letters look like one another's."""
_WORD = re.compile(r"[^\W\d_]+")
# Small letters, as names are compared without case: each with the Latin one that it, or its capital, looks like.
_LIKE_LATIN = str.maketrans(
    "авеѕіјкмнорстухүһԁԛԝ" + "αβεζηικμνορτυχω" + "ɑɡıȷɩʋ",
    "abesijkmhopctyxyhdqw" + "abezhikmvoptuxw" + "agijiv",
)
_NO_SIGHT = re.compile("[\u200c\u200d\ufe00-\ufe0f]")
"""Joiners and selectors: they shape what stands beside them, and are not read."""
_ESCAPES = re.compile(r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b[\]P^_X][^\x07\x1b]*(?:\x07|\x1b\\)?")
"""Commands to a terminal, whole: without their first character the rest would be shown."""
_HIDING = re.compile(f"[{CONTROLS}{DIRECTION_MARKS}]")
_BLANK = re.compile(f"[{BLANKS}]*")


def hidden_in(text: str) -> str | None:
    """Why the text would not be shown as it is; None when it would."""
    if match := _HIDING.search(text):
        return f"U+{ord(match.group()):04X} controls the text or turns its direction; leave it out"
    if _BLANK.fullmatch(text):
        return "there is nothing to be seen in it; write what people can read"
    if match := _UNSEEN.search(text):
        return f"U+{ord(match.group()):04X} cannot be seen; leave it out"
    return None


def hidden_in_name(text: str) -> str | None:
    """The same for a name, by which people know a thing again: its blanks are plain ones within it, too."""
    if why := hidden_in(text):
        return why
    if odd := next((one for one in text if unicodedata.category(one) == "Cf" and not _NO_SIGHT.match(one)), None):
        return f"U+{ord(odd):04X} is a sign for the form of others, and may show nothing; leave it out"
    if match := _ODD_BLANK.search(text):
        return f"U+{ord(match.group()):04X} looks like a plain blank; write that one"
    if text != text.strip():
        return "leave out the blanks at its ends"
    return None


def without_hidden(text: str) -> str:
    """A text of others on one line, without what would not be shown as it is.

    For what only describes. What is a name is refused in place of that, as another name would be another thing.
    """
    # Ends of lines are blanks here, and no controls that go without a trace.
    return " ".join(without_marks(" ".join(_ESCAPES.sub("", text).split())).split())


def without_marks(text: str) -> str:
    """The same with the blanks that it has, for lines that others print."""
    return _UNSEEN.sub("", _HIDING.sub("", _ESCAPES.sub("", text).replace("\t", "    ")))


def mixed_alphabets_in(text: str) -> str | None:
    """Why the text could be taken for another one that is written with letters which look the same."""
    for word in _WORD.findall(text):
        names = [unicodedata.name(letter, "") for letter in word]
        found = [alphabet for alphabet in _ALPHABETS if any(name.startswith(alphabet) for name in names)]
        if len(found) > 1:
            return f"the word {quoted(word[:40])} has letters of {' and '.join(map(str.title, found))}; write it in one"
    return None


def as_read(text: str) -> str:
    """The same for all texts that people take for one another.

    It is without case, forms of one letter, what cannot be seen and doubled blanks, and has Latin letters for those of
    Greek and Cyrillic that look like them. Two texts that people tell apart may have it in common, if they are of two
    alphabets: it is compared, and never shown.
    """
    plain = unicodedata.normalize("NFKC", _NO_SIGHT.sub("", _UNSEEN.sub("", text))).casefold()
    return " ".join(unicodedata.normalize("NFKC", plain).split()).translate(_LIKE_LATIN)


def hidden_in_lines(text: str) -> str | None:
    """The same for a text of several lines, which may have tabs and ends of lines."""
    return hidden_in(re.sub(r"\r\n|[\n\t]", " ", text))
