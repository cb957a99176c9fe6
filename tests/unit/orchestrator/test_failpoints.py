"""Failpoints are refused outside local and test, reached by name and count, and all of them are known."""

import ast

import pytest

from architecture.sources import python_files, tree_of
from orchestrator.failpoints import PLACES, Failpoints


def test_a_failpoint_outside_local_and_test_is_refused() -> None:
    with pytest.raises(ValueError, match="for local and test only"):
        Failpoints("claimed", environment="production")


def test_without_a_match_nothing_dies() -> None:
    Failpoints(None, environment="production").reach("claimed")
    Failpoints("ran:2", environment="test").reach("claimed")
    several = Failpoints("ran:2,claimed:3", environment="test")
    for place in ("ran", "claimed", "claimed", "tool.recorded"):
        several.reach(place)


def test_a_place_that_nothing_reaches_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no failpoint 'finished'; there are claimed, ran"):
        Failpoints("finished:2", environment="test")


def test_what_a_failpoint_cannot_do_is_refused() -> None:
    Failpoints("ran:2:freeze", environment="test").reach("ran")
    with pytest.raises(ValueError, match=r"does not 'pause'; it does kill or freeze"):
        Failpoints("ran:1:pause", environment="test")


def test_every_place_that_the_code_names_is_known_and_no_other() -> None:
    reached = {
        ast.literal_eval(node.args[0])
        for file in python_files("services/orchestrator")
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "reach"
    }
    assert reached == set(PLACES)
    assert len(PLACES) == len(set(PLACES))
