"""A figure that is not known yet: what it is at least, at most, and at most where nothing is out of the ordinary."""

from dataclasses import dataclass

from foundation.domain.money import MAX_AMOUNT


@dataclass(frozen=True, slots=True)
class Range:
    """`least` is of a run that completes; `most` None where nothing bounds it; `smooth` is the most of a smooth run.

    Of a smooth run nothing is tried again, and its texts are no longer than is usual.
    """

    least: int
    most: int | None
    smooth: int | None

    def __add__(self, other: "Range") -> "Range":
        return Range(self.least + other.least, _sum(self.most, other.most), _sum(self.smooth, other.smooth))

    def times(self, count: "Range") -> "Range":
        """Of something that happens so often."""
        return Range(self.least * count.least, _product(self.most, count.most), _product(self.smooth, count.smooth))

    def within(self, limit: int | None) -> "Range":
        """Under a limit that is held to; None for no limit."""
        if limit is None:
            return self
        most = limit if self.most is None else min(self.most, limit)
        smooth = limit if self.smooth is None else min(self.smooth, limit)
        return Range(min(self.least, most), most, min(smooth, most))

    def or_nothing(self) -> "Range":
        """Of something that may be left out."""
        return Range(0, self.most, self.smooth)

    def counted(self) -> "Range":
        """With None in the place of what is more than any budget counts."""
        return Range(min(self.least, MAX_AMOUNT), _countable(self.most), _countable(self.smooth))


def exactly(figure: int) -> Range:
    return Range(figure, figure, figure)


NONE, ONCE = exactly(0), exactly(1)


def either(ranges: "list[Range]") -> Range:
    """One of them, nobody knows which."""
    mosts, smooths = [one.most for one in ranges], [one.smooth for one in ranges]
    return Range(
        min((one.least for one in ranges), default=0),
        None if None in mosts else max((most for most in mosts if most is not None), default=0),
        None if None in smooths else max((smooth for smooth in smooths if smooth is not None), default=0),
    )


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


def _product(one: int | None, other: int | None) -> int | None:
    if 0 in {one, other}:
        return 0
    return None if one is None or other is None else one * other


def _countable(figure: int | None) -> int | None:
    return figure if figure is not None and figure <= MAX_AMOUNT else None
