"""Patterns of paths, as shells and Python's `glob` have them, read once: into a regular expression for whoever looks.

A pattern without a slash is of the last part of a path, at any depth. In one with a slash `*` stays within a folder,
and `**` is any number of folders, none included. `{a,b}` is either.
"""

import itertools
import re

MAX_ALTERNATIVES = 50
MAX_ANY_DEPTH = 4
"""How often `**` stands in a pattern: each is tried with each of the others."""
_BRACES = re.compile(r"\{([^{}]*)\}")
_CLASS = re.compile(r"\[(!|\^)?(\]?[^\]]*)\]")
_CLASS_SIGNS = re.compile(r"([\\\[&~|^])")


def glob_expression(text: str) -> str:
    """The regular expression that whole paths match which the pattern fits; raises `ValueError` for one that fits none.

    Paths have no slash before or behind them.
    """
    return "|".join(_expression(one) for one in _alternatives(text))


def valid_glob(text: str) -> str:
    """The pattern as it is; raises `ValueError` for one that fits no path."""
    glob_expression(text)
    return text


def _alternatives(text: str) -> list[str]:
    parts = _BRACES.split(text)
    if any("{" in part or "}" in part for part in parts[::2]):
        raise ValueError("braces are written as {a,b}, closed and none within others")
    choices = [part.split(",") if at % 2 else [part] for at, part in enumerate(parts)]
    made = list(itertools.islice(map("".join, itertools.product(*choices)), MAX_ALTERNATIVES + 1))
    if len(made) > MAX_ALTERNATIVES:
        raise ValueError(f"the braces of a glob stand for at most {MAX_ALTERNATIVES} patterns")
    return made


def _expression(text: str) -> str:
    segments = text.removeprefix("./").split("/")
    if text.startswith("/"):
        raise ValueError("a glob is of paths below /work, which begin with no slash; leave it out, or begin with **/")
    if not all(segments) or {".", ".."} & set(segments):
        raise ValueError("a part of a glob is a name or a pattern, and neither empty nor `.` or `..`")
    if segments.count("**") > MAX_ANY_DEPTH:
        raise ValueError(f"`**` stands in a glob at most {MAX_ANY_DEPTH} times")
    if len(segments) == 1:
        segments = ["**", *segments]
    made = ["(?:[^/]+/)*" if one == "**" else f"{_segment(one)}/" for one in segments[:-1]]
    last = ".+" if segments[-1] == "**" else _segment(segments[-1])
    return f"(?s:{''.join(made)}{last})"


def _segment(text: str) -> str:
    """One part of a path. What stands between two stars is taken where it comes first, and nothing is tried twice."""
    pieces = [""]
    at = 0
    while at < len(text):
        sign = text[at]
        if sign == "[":
            found = _CLASS.match(text, at)
            if found is None:
                raise ValueError("a [ of a glob is closed by ]; write [[] for the sign itself")
            pieces[-1] += _set(found[1] is not None, found[2])
            at = found.end()
            continue
        if sign == "*":
            pieces += [""] if pieces[-1] or len(pieces) == 1 else []
        else:
            pieces[-1] += "[^/]" if sign == "?" else re.escape(sign)
        at += 1
    first, *rest = pieces
    if not rest:
        return first
    *middle, last = rest
    return first + "".join(f"(?>[^/]*?{one})" for one in middle) + f"[^/]*{last}"


def _set(is_other: bool, signs: str) -> str:  # noqa: FBT001 - of one sign
    escaped = _CLASS_SIGNS.sub(r"\\\1", signs.replace("]", r"\]"))
    made = f"[^/{escaped}]" if is_other else f"[{escaped}]"
    try:
        re.compile(made)
    except re.error as error:
        raise ValueError(f"[{signs}] of the glob is no set of signs: {error.msg}") from None
    return made if is_other else f"(?!/){made}"
