"""The simulated provider answers the same to the same, from its scripts, within what was asked."""

from pathlib import Path
from typing import Any

import pytest

from simulated_provider.answers.answer import Answer, Finish, answer_to
from simulated_provider.answers.tokens import IMAGE_TOKENS, count_text
from simulated_provider.faults.clauses import Faults, faults_of
from simulated_provider.scripts.turns import load_scripts
from simulated_provider.wires.chat.request import read_chat

SCRIPT = """
turns:
  - text: Let me look.
    tool_calls:
      - {name: code_python, arguments: {code: "print(1)", rows: "${data.rows}"}}
      - {name: code_python, arguments: {code: "print(2)"}}
  - text: "There are ${last.result.count} penguins of ${length(last.result.species)} species; you said: ${prompt}"
"""
USER = {"role": "user", "content": "x"}


@pytest.fixture
def scripts(tmp_path: Path) -> Any:
    (tmp_path / "agent.yaml").write_text(SCRIPT)
    return load_scripts(tmp_path)


def ask(
    *messages: dict[str, Any], scripts: Any = None, model: str = "m", faults: Faults | None = None, **more: Any
) -> Answer:
    asked = read_chat({"model": model, "messages": list(messages or [USER]), **more})
    return answer_to(asked, scripts=scripts or {}, faults=faults or faults_of(model))


def test_the_number_of_assistant_turns_picks_the_line(scripts: Any) -> None:
    user = {"role": "user", "content": 'Count these: {"rows": [1, 2]}'}
    first = ask(user, model="agent", scripts=scripts)
    assert (first.text, first.finish) == ("Let me look.", Finish.TOOL_CALLS)
    assert [call.arguments for call in first.tool_calls] == [
        '{"code": "print(1)", "rows": [1, 2]}',
        '{"code": "print(2)"}',
    ]
    assert len({call.key for call in first.tool_calls}) == 2
    assert ask(user, model="agent", scripts=scripts) == first
    tool = {"role": "tool", "content": '{"result": {"count": 344, "species": ["a", "b", "c"]}}'}
    second = ask(user, {"role": "assistant", "content": ""}, tool, model="agent", scripts=scripts)
    assert second.text.startswith("There are 344 penguins of 3 species; you said: Count these")
    assert second.finish is Finish.STOP


def test_one_call_at_a_time_is_the_scripts_first(scripts: Any) -> None:
    [call] = ask(model="agent", scripts=scripts, parallel_tool_calls=False).tool_calls
    assert "print(1)" in call.arguments


def test_an_answer_says_that_it_is_simulated(scripts: Any) -> None:
    assert ask(model="agent", scripts=scripts).model == "simulated/agent"


@pytest.mark.parametrize("model", ["m", "reasoning-1", "multibyte-1"])
@pytest.mark.parametrize("limit", [1, 3, 7, 80, 1000])
@pytest.mark.parametrize("choices", [1, 3])
def test_no_answer_is_longer_than_asked(limit: int, choices: int, model: str) -> None:
    answer = ask({"role": "user", "content": "ü" * 300}, model=model, max_tokens=limit, n=choices)
    assert answer.output_tokens <= limit * choices
    assert answer.output_tokens == (count_text(answer.text) + count_text(answer.thinking)) * choices
    assert answer.reasoning_tokens == count_text(answer.thinking) * choices
    assert (answer.reasoning_tokens > 0) is (model == "reasoning-1")
    assert answer.finish is (Finish.STOP if limit == 1000 else Finish.LENGTH)


def test_calls_that_do_not_fit_are_not_made(scripts: Any) -> None:
    answer = ask(model="agent", scripts=scripts, max_tokens=5)
    assert (answer.tool_calls, answer.finish) == ((), Finish.LENGTH)


def test_a_stop_sequence_ends_an_answer_before_it(scripts: Any) -> None:
    answer = ask(stop=["answer", "simulated", "never said"])
    assert (answer.text, answer.finish, answer.stop_sequence) == ("This is a ", Finish.STOP_SEQUENCE, "simulated")
    assert answer.output_tokens == count_text(answer.text)
    assert ask(stop="nothing of the kind").finish is Finish.STOP
    assert ask(model="agent", scripts=scripts, stop="look").tool_calls == ()


def test_the_pieces_of_a_stream_are_the_answer() -> None:
    answer = ask(model="multibyte-1", faults=Faults(chunks=40))
    assert len(answer.pieces) == 40
    assert "".join(answer.pieces) == answer.text


def test_a_model_that_is_like_another_says_what_that_would(scripts: Any) -> None:
    like = ask(model="fault-slow=1+like=agent", scripts=scripts)
    assert (like.text, like.model) == ("Let me look.", "simulated/fault-slow=1+like=agent")
    assert ask(model="fault-slow=1+like=reasoning-1").reasoning_tokens > 0


@pytest.mark.parametrize("kind", ["image_url", "image"])
def test_an_image_counts_as_declared(kind: str) -> None:
    text = {"type": "text", "text": "see"}
    without = ask({"role": "user", "content": [text]}).input_tokens
    assert (
        ask({"role": "user", "content": [text, {"type": kind}, {"type": kind}]}).input_tokens
        == without + 2 * IMAGE_TOKENS
    )


def test_a_script_without_turns_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("text: x")
    with pytest.raises(ValueError, match=r"broken\.yaml"):
        load_scripts(tmp_path)
