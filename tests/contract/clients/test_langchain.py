"""LangChain's chat models of both vendors: what they count is what the ledger has."""

import pytest

from fixtures.vendors.clients import CALLS, GUIDED, PENGUIN, SAID, Play, Settled

# with another address than the vendor's, ChatOpenAI asks for the usage of a stream only when it is told to
each_vendor = pytest.mark.parametrize(
    ("module", "way", "more"),
    [
        ("langchain_models.openai_chat", "", {"stream_usage": True}),
        ("langchain_models.openai_chat", "messages-", {"stream_usage": True}),
        ("langchain_models.openai_chat", "chat-", {"use_responses_api": True}),
        ("langchain_models.openai_chat", "messages-", {"use_responses_api": True}),
        ("langchain_models.openai_chat", "", {"use_responses_api": True}),
        ("langchain_models.anthropic_chat", "", {}),
        ("langchain_models.anthropic_chat", "chat-", {}),
    ],
    ids=[
        "openai",
        "openai by messages",
        "responses by chat",
        "responses by messages",
        "openai responses",
        "anthropic",
        "anthropic by chat",
    ],
)
Usage = dict[str, int]


async def _counted_alike(settled: Settled, usages: list[Usage]) -> None:
    for usage, event in zip(usages, await settled(len(usages)), strict=True):
        assert usage == {name: event[name] for name in ("input_tokens", "output_tokens", "total_tokens")}


@each_vendor
@pytest.mark.parametrize("scenario", ["invoke", "stream"])
async def test_a_model_answers(
    play: Play, settled: Settled, module: str, way: str, scenario: str, more: dict[str, object]
) -> None:
    told = await play(module, "played", what=scenario, model=f"{way}default", **more)
    assert told["text"] == SAID
    assert told.get("pieces", 10) >= 10
    await _counted_alike(settled, told["usages"])


@each_vendor
async def test_bound_tools_are_called_and_their_results_answered(
    play: Play, settled: Settled, module: str, way: str, more: dict[str, object]
) -> None:
    told = await play(module, "played", what="bind_tools", model=f"{way}guide", **more)
    assert (told["calls"], told["text"]) == (CALLS, GUIDED)
    await _counted_alike(settled, told["usages"])


@each_vendor
async def test_an_agent_with_a_name_is_asked_by_somebody_with_a_name(
    play: Play, settled: Settled, module: str, way: str, more: dict[str, object]
) -> None:
    told = await play(module, "played", what="agent", model=f"{way}guide", **more)
    assert told["texts"][-2:] == [GUIDED, GUIDED]
    await settled(told["calls"])


@each_vendor
async def test_an_answer_has_the_structure_that_was_asked_for(
    play: Play, settled: Settled, module: str, way: str, more: dict[str, object]
) -> None:
    told = await play(module, "played", what="with_structured_output", model=f"{way}default", **more)
    assert told["parsed"] == PENGUIN
    await _counted_alike(settled, told["usages"])
