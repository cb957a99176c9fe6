"""One window of a scope as common.lua counts it, for what counts outside Redis: a rebuild, and the fake scripts."""

from dataclasses import dataclass

from foundation.domain.money import NOTHING, Amount


@dataclass(slots=True)
class CountedWindow:
    """What is committed and held in the window with this label; the empty label where nothing was counted yet."""

    label: str = ""
    committed: Amount = NOTHING
    held: Amount = NOTHING

    def reaches(self, label: str) -> bool:
        """Whether the window with this label is current; a later label begins a new window and forgets the old one."""
        if self.label < label:
            self.label, self.committed, self.held = label, NOTHING, NOTHING
        return self.label == label
