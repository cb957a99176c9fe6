"""What CrewAI would take for marks of its own goes in as other characters and comes out as it was."""

import json

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.engines.crew.program.escapes import escaped, escaped_values, unescaped, unescaped_values

TEXTS = st.text(alphabet=st.one_of(st.sampled_from("{}:\ue000bce"), st.characters(exclude_categories=["Cs"])))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@given(TEXTS)
def test_a_text_comes_out_as_it_went_in(text: str) -> None:
    assert unescaped(escaped(text)) == text


@given(TEXTS)
def test_nothing_is_left_that_crewai_reads(text: str) -> None:
    assert not {"{", ":"} & set(escaped(text))


@given(TEXTS, TEXTS, TEXTS)
def test_texts_come_out_of_a_prompt_that_is_made_of_them(first: str, second: str, third: str) -> None:
    prompt = f"You are {escaped(first)}. Task: {escaped(second)}\n{{input}}\n{escaped(third)}"
    assert unescaped(prompt) == f"You are {first}. Task: {second}\n{{input}}\n{third}"


@given(VALUES)
def test_values_come_out_as_they_went_in(value: object) -> None:
    assert unescaped_values(escaped_values(value)) == value
    assert unescaped_values(json.loads(json.dumps(escaped_values(value)))) == value
