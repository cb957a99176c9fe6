"""Names of git: what `git check-ref-format` takes for a branch, and how a commit may be named that begins with one.

A name that git never takes is told where it is written, and not when the step runs.
"""

import re

from foundation.domain.words.quoting import quoted

_VISIBLE = re.compile(r"[!-~]+")
_NOT_IN_A_NAME = re.compile(r"\.\.|@\{|[~^:?*\[\\]")
_STEPS = re.compile(r"(?:~[0-9]*|\^[0-9]*|\^\{[^{}]*\}|@\{[^{}]+\})+")
"""How a revision goes on from the name that it begins with, as in `main~2` or `v1^{commit}`."""
_BEGINNING = re.compile(r"[~^]|@\{")


def branch_name(text: str) -> str:
    """The name of a branch or a tag; raises `ValueError` for one that git does not take."""
    if text.startswith("-") or not _VISIBLE.fullmatch(text):
        raise ValueError("a branch or a commit has visible ASCII characters and does not begin with -")
    if found := _NOT_IN_A_NAME.search(text):
        raise ValueError(f"{quoted(found[0])} stands in no name of git's; write the name of one branch")
    if text in {"@", "HEAD"}:
        raise ValueError(f"{text} is no name of a branch; write its own")
    for part in text.split("/"):
        if not part or part.startswith(".") or part.endswith((".", ".lock")):
            raise ValueError(
                "a part of a branch's name, between slashes, is not empty, begins with no dot and ends neither in a dot"
                " nor in .lock"
            )
    return text


def revision(text: str) -> str:
    """A commit by its id, a branch or a tag, with steps from there; raises `ValueError` for what can name none."""
    found = _BEGINNING.search(text)
    name, steps = (text[: found.start()], text[found.start() :]) if found else (text, "")
    if name not in {"@", "HEAD"} and not (not name and steps.startswith("@{")):
        branch_name(name)
    if steps and not _STEPS.fullmatch(steps):
        raise ValueError(f"{quoted(steps)} does not lead to a commit; write steps as git has them, such as ~2 or ^")
    return text
