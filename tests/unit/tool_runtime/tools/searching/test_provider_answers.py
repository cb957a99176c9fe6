"""An answer of a search provider is read strictly: what is not in its form is refused with its place."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from fixtures.sandboxing.search_providers import brave_answer, searxng_answer, tavily_answer
from tool_runtime.tools.programs.search import brave, searxng, tavily
from tool_runtime.tools.programs.search.answers import Found, OtherForm

ANSWERS: dict[str, tuple[Callable[[Any], list[Found]], dict[str, Any], tuple[str, ...]]] = {
    "brave": (brave.read, brave_answer("ice"), ("web", "results")),
    "tavily": (tavily.read, tavily_answer("ice"), ("results",)),
    "searxng": (searxng.read, searxng_answer("ice"), ("results",)),
}


def changed(answer: dict[str, Any], *at: str | int, value: object) -> dict[str, Any]:
    copy: Any = deepcopy(answer)
    place = copy
    for step in at[:-1]:
        place = place[step]
    if value is ...:
        del place[at[-1]]
    else:
        place[at[-1]] = value
    return dict(copy)


@pytest.mark.parametrize("provider", ANSWERS)
def test_a_true_answer_is_read(provider: str) -> None:
    read, answer, _ = ANSWERS[provider]
    first = read(answer)[0]
    assert (first.url, first.snippet) == ("https://penguins.example/ice", "About ice")


@pytest.mark.parametrize("provider", ANSWERS)
@pytest.mark.parametrize("value", [..., None, 7, ["a"], {"a": 1}], ids=str)
@pytest.mark.parametrize("name", ["title", "url"])
def test_a_page_needs_its_texts(provider: str, name: str, value: object) -> None:
    read, answer, results = ANSWERS[provider]
    with pytest.raises(OtherForm, match=f"/{'/'.join(results)}/0/{name} is no text"):
        read(changed(answer, *results, 0, name, value=value))


@pytest.mark.parametrize("provider", ANSWERS)
@pytest.mark.parametrize("value", [None, {}, "many", 3])
def test_results_are_a_list(provider: str, value: object) -> None:
    read, answer, results = ANSWERS[provider]
    with pytest.raises(OtherForm, match="is no list"):
        read(changed(answer, *results, value=value))
    with pytest.raises(OtherForm, match="is no object"):
        read(changed(answer, *results, 0, value="a page"))
    with pytest.raises(OtherForm, match="it is no object"):
        read([answer])


@pytest.mark.parametrize("provider", ["tavily", "searxng"])
@pytest.mark.parametrize("score", ["0.9", True, float("nan"), float("inf")], ids=str)
def test_a_score_is_a_number(provider: str, score: object) -> None:
    read, answer, results = ANSWERS[provider]
    with pytest.raises(OtherForm, match="score is no number"):
        read(changed(answer, *results, 0, "score", value=score))


def test_brave_may_find_no_page_and_is_no_other_kind_of_answer() -> None:
    assert brave.read({"type": "search"}) == []
    with pytest.raises(OtherForm, match="/type is not search"):
        brave.read({"type": "ErrorResponse", "web": {"results": []}})
