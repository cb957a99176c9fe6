"""The simulated provider answers the same to the same, from its scripts, within what was asked."""

from pathlib import Path
from typing import Any

import pytest

from simulated_provider.answer import answer_to
from simulated_provider.faults import Faults, Flapping, faults_of
from simulated_provider.openai_wire import chunks
from simulated_provider.scripts import load_scripts
from simulated_provider.tokens import count_text

SCRIPT = """
turns:
  - text: Let me look.
    tool_calls:
      - {name: code_python, arguments: {code: "print(1)", rows: "${data.rows}"}}
  - text: "There are ${last.result.count} penguins of ${length(last.result.species)} species; you said: ${prompt}"
"""


@pytest.fixture
def scripts(tmp_path: Path) -> Any:
    (tmp_path / "agent.yaml").write_text(SCRIPT)
    return load_scripts(tmp_path)


def ask(scripts: Any, *messages: dict[str, Any], **more: Any) -> Any:
    return answer_to({"model": "agent", "messages": list(messages), **more}, scripts=scripts, faults=Faults())


def test_the_number_of_assistant_turns_picks_the_line(scripts: Any) -> None:
    user = {"role": "user", "content": 'Count these: {"rows": [1, 2]}'}
    first = ask(scripts, user)
    assert (first.text, first.finish_reason) == ("Let me look.", "tool_calls")
    assert first.tool_calls[0]["function"] == {
        "name": "code_python",
        "arguments": '{"code": "print(1)", "rows": [1, 2]}',
    }
    assert ask(scripts, user) == first
    tool = {"role": "tool", "content": '{"result": {"count": 344, "species": ["a", "b", "c"]}}'}
    second = ask(scripts, user, {"role": "assistant", "content": ""}, tool)
    assert second.text.startswith("There are 344 penguins of 3 species; you said: Count these")
    assert second.finish_reason == "stop"


def test_an_answer_says_that_it_is_simulated(scripts: Any) -> None:
    assert ask(scripts, {"role": "user", "content": "x"}).model == "simulated/agent"


@pytest.mark.parametrize("limit", [1, 3, 1000])
@pytest.mark.parametrize("choices", [1, 3])
def test_no_answer_is_longer_than_asked(limit: int, choices: int) -> None:
    body = {"model": "m", "messages": [{"role": "user", "content": "ü" * 300}], "max_tokens": limit, "n": choices}
    answer = answer_to(body, scripts={}, faults=Faults())
    assert answer.output_tokens <= limit * choices
    assert answer.output_tokens == count_text(answer.text) * choices
    assert answer.finish_reason == ("stop" if limit == 1000 else "length")


def test_the_pieces_of_a_stream_are_the_answer(scripts: Any) -> None:
    answer = ask(scripts, {"role": "user", "content": "x"})
    assert "".join(answer.pieces) == answer.text
    assert len(list(chunks(answer, "id", include_usage=True))) == 1 + len(answer.pieces) + 3 + 1


def test_faults_are_read_from_the_models_name() -> None:
    faults = faults_of("fault-status=429+retry-after=1.5+flap=2")
    assert (faults.status, faults.retry_after, faults.flap) == (429, 1.5, 2)
    assert faults_of("default") == Faults()
    for name in ("fault-", "fault-nonsense", "fault-cut", "fault-hang=1"):
        with pytest.raises(ValueError, match="no such fault"):
            faults_of(name)


def test_a_flapping_fault_passes_after_so_many_requests() -> None:
    flapping = Flapping()
    assert [flapping.still_failing("a", Faults(flap=2)) for _ in range(4)] == [True, True, False, False]
    assert flapping.still_failing("b", Faults(flap=2))


def test_a_script_without_turns_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("text: x")
    with pytest.raises(ValueError, match=r"broken\.yaml"):
        load_scripts(tmp_path)
