"""What any chat model of LangChain is asked to do."""

from typing import Any

from langchain_core.messages import HumanMessage, ToolMessage
from langchain_core.tools import tool

from scenarios.subjects import PROMPT, TEMPERATURE, Penguin


@tool
def weather(place: str) -> str:
    """The weather at a place."""
    return TEMPERATURE


@tool
def tide(place: str) -> str:
    """The tide at a place."""
    return TEMPERATURE


_TOOLS = {"weather": weather, "tide": tide}


async def invoke(chat: Any) -> Any:
    return _facts(await chat.ask(chat.model, PROMPT))


async def stream(chat: Any) -> Any:
    """The pieces added up, as LangChain adds them."""
    pieces = await chat.pieces(chat.model, PROMPT)
    whole = pieces[0]
    for piece in pieces[1:]:
        whole += piece
    return {**_facts(whole), "pieces": len(pieces)}


async def bind_tools(chat: Any) -> Any:
    """Two tools are called at once, run, and their results sent."""
    bound = chat.model.bind_tools(list(_TOOLS.values()))
    turns: list[Any] = [HumanMessage(PROMPT)]
    first = await chat.ask(bound, turns)
    results = [_TOOLS[call["name"]].invoke(call) for call in first.tool_calls]
    assert all(isinstance(result, ToolMessage) for result in results)
    second = await chat.ask(bound, [*turns, first, *results])
    calls = [[call["name"], call["args"]] for call in first.tool_calls]
    return {"calls": calls, **_facts(second), "usages": [_usage(first), _usage(second)]}


async def with_structured_output(chat: Any) -> Any:
    """An object of a Pydantic class, beside the message that it was read from."""
    shaped = chat.model.with_structured_output(Penguin, include_raw=True)
    answer = await chat.ask(shaped, PROMPT)
    return {"parsed": answer["parsed"].model_dump(), "usages": [_usage(answer["raw"])]}


def _facts(message: Any) -> dict[str, Any]:
    return {"text": message.text, "usages": [_usage(message)]}


def _usage(message: Any) -> dict[str, int]:
    usage = message.usage_metadata
    return {name: usage[name] for name in ("input_tokens", "output_tokens", "total_tokens")}
