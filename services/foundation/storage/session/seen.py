"""What a caller has seen of a thing that they change: `If-Match`, or `If-None-Match: *` (RFC 9110, section 13.1)."""

import re
from dataclasses import dataclass

_VERSION = re.compile(r"[1-9][0-9]{0,17}")


@dataclass(frozen=True, slots=True)
class SeenTags:
    """Any of these tags, or (None) whatever there is now, as long as there is something."""

    tags: frozenset[str] | None
    nothing: bool = False
    """That there is no such thing: it is made, and none is changed. `tags` is empty then."""

    def admits(self, tag: str | int | None) -> bool:
        """Whether a thing that has this tag now may be changed; None is a thing that is not there."""
        if self.nothing or tag is None:
            return self.nothing and tag is None
        return self.tags is None or str(tag) in self.tags

    @property
    def versions(self) -> list[int] | None:
        """The tags that may be versions, for a comparison in SQL; None for whatever version there is."""
        if self.tags is None:
            return None
        return [int(tag) for tag in self.tags if _VERSION.fullmatch(tag)]

    def __str__(self) -> str:
        """In words: after "not ", as refusals tell it."""
        if self.tags is None:
            return "there"
        if all(_VERSION.fullmatch(tag) for tag in self.tags):
            return "at version " + " or ".join(sorted(self.tags, key=int)) if self.tags else "at any that was named"
        return "what you have seen"


NOT_THERE = SeenTags(frozenset(), nothing=True)
Expected = SeenTags | None
"""None where a caller says nothing: then any version is changed, and what is not there is made."""


def only_makes(expected: Expected) -> bool:
    """Whether what is there already is left as it is."""
    return expected is not None and expected.nothing


def versions_of(expected: Expected) -> list[int] | None:
    """For SQL: those that are expected, None for any."""
    return None if expected is None else expected.versions
