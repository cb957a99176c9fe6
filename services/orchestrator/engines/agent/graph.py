"""The agent's graph: ask the model, run the tools that it calls, stop after each turn until it answers."""

import asyncio
import operator
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, NotRequired, TypedDict

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from foundation.contracts.accepted.accepted_json import NotAccepted, parse_json

Message = dict[str, Any]
Ask = Callable[[int, list[Message]], Awaitable[Message]]
Act = Callable[[int, Message], Awaitable[Message]]


class AgentState(TypedDict):
    """What a checkpoint holds: the conversation in OpenAI's wire form, and how many turns were taken."""

    messages: Annotated[list[Message], operator.add]
    turn: int
    first: NotRequired[int]
    """The number of its first turn, which is not 0 where the step began anew; 0 when it is left out."""


def build_graph(ask: Ask, act: Act, saver: BaseCheckpointSaver[str]) -> CompiledStateGraph[AgentState, None, Any, Any]:
    """`ask(turn, messages)` gives the assistant's message; `act(turn, tool_call)` gives the message of one tool call.

    The graph pauses after the tools of each turn; invoking it again with None takes the next one.
    """

    async def model(state: AgentState) -> dict[str, Any]:
        return {"messages": [await ask(state["turn"], state["messages"])], "turn": state["turn"] + 1}

    async def tools(state: AgentState) -> dict[str, Any]:
        calls = state["messages"][-1]["tool_calls"]
        return {"messages": list(await asyncio.gather(*(act(state["turn"] - 1, call) for call in calls)))}

    def after_model(state: AgentState) -> str:
        return "tools" if state["messages"][-1].get("tool_calls") else END

    graph = StateGraph(AgentState)
    graph.add_node("model", model)
    graph.add_node("tools", tools)
    graph.add_edge(START, "model")
    graph.add_conditional_edges("model", after_model, {"tools": "tools", END: END})
    graph.add_edge("tools", "model")
    return graph.compile(checkpointer=saver, interrupt_after=["tools"])


def tool_arguments(call: Message) -> dict[str, Any] | str:
    """The arguments of a tool call as the model wrote them; otherwise a text that explains what is wrong with them."""
    raw = call.get("function", {}).get("arguments") or "{}"
    try:
        arguments = parse_json(raw)
    except NotAccepted as error:
        return f"the arguments cannot be read: {error}"
    return arguments if isinstance(arguments, dict) else "the arguments must be a JSON object"
