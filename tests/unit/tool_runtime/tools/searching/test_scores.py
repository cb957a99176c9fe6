"""Every hit has a score, however few the passages are and however many of them have the word."""

import pytest

from tool_runtime.tools.programs.search.index import Index
from tool_runtime.tools.programs.search.reading import Passage


@pytest.mark.parametrize("passages", [1, 2, 3, 40, 501, 2000])
def test_a_word_that_all_passages_have_counts_something_and_one_that_few_have_more(passages: int) -> None:
    with Index() as index:
        for number in range(passages):
            rare = "penguin " if number == passages // 2 else ""
            index.add(f"{number}.txt", [Passage(1, f"{rare}ice is cold and wide", "a")])
        common, _ = index.best("ice", 20)
        both, _ = index.best("ice penguin", 20)
        again, more = index.best("\ue000", 20)
    assert len(common) == min(passages, 20)
    assert all(hit["score"] > 0 for hit in common)
    assert both[0]["path"] == f"{passages // 2}.txt"
    assert both[0]["score"] > common[0]["score"]
    assert (again, more) == ([], False), "nobody finds what was laid beside them"


def test_more_hits_than_are_told_are_those_of_documents() -> None:
    with Index() as index:
        index.add("a.txt", [Passage(line, "ice", "a") for line in range(1, 4)])
        found, more = index.best("ice", 3)
    assert (len(found), more) == (3, False)
