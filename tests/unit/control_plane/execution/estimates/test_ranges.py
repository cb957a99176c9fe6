"""Ranges of figures: of nothing, of one, of one among several."""

from control_plane.execution.estimates.ranges import NONE, ONCE, Range, either


def test_nothing_is_nothing_and_one_is_one() -> None:
    assert Range(0, 0, 0) == NONE
    assert Range(1, 1, 1) == ONCE
    assert either([]) == NONE


def test_of_one_among_several_the_bounds_are_the_outermost() -> None:
    assert either([Range(3, 9, 4), Range(1, 5, 5)]) == Range(1, 9, 5)
    assert either([Range(3, 9, 4), Range(1, None, 5)]) == Range(1, None, 5)
    assert either([Range(3, 9, None), Range(1, 5, 5)]) == Range(1, 9, None)


def test_what_may_be_left_out_may_be_nothing() -> None:
    assert Range(3, 9, 4).or_nothing() == Range(0, 9, 4)
