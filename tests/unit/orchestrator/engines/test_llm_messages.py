"""What an llm step asks its model."""

from typing import Any

import pytest

from fixtures.running.works import a_work
from foundation.contracts.expressions.evaluation import ExpressionError
from foundation.contracts.steps.llm import LlmStep
from orchestrator.engines.llm.engine import messages_of

DATA = {"input": {"empty": "", "topic": "penguins"}, "steps": {}}


def messages(**members: Any) -> list[dict[str, str]]:
    definition = {"name": "summary", "kind": "llm", "prompt": "", **members}
    work = a_work(definition, data=DATA)
    assert isinstance(work.step, LlmStep)
    return messages_of(work, work.step)


def test_instructions_come_before_the_prompt() -> None:
    assert messages(instructions="Be brief.", prompt="About ${input.topic}.") == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "About penguins."},
    ]


def test_what_is_empty_is_not_sent() -> None:
    assert messages(prompt="Hello") == [{"role": "user", "content": "Hello"}]
    assert messages(instructions="Begin.") == [{"role": "system", "content": "Begin."}]


def test_a_prompt_whose_expressions_give_nothing_fails_and_is_not_left_out() -> None:
    with pytest.raises(ExpressionError, match="/prompt: its expressions give an empty text"):
        messages(instructions="Be brief.", prompt="${input.empty}")


def test_instructions_whose_expressions_give_nothing_need_a_prompt() -> None:
    with pytest.raises(ExpressionError, match="/instructions: its expressions give an empty text"):
        messages(instructions="${input.empty}")
