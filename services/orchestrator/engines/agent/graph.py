"""The agent's graph: ask the model, run its tool calls or check its answer, stop after each turn until it ends."""

import operator
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, NotRequired, TypedDict

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from orchestrator.engines.agent.messages import Message

Act = Callable[[int, list[Message], list[Message]], Awaitable[list[Message]]]
Check = Callable[[Message], Awaitable[Message | None]]


class AgentState(TypedDict):
    """What a checkpoint holds: the conversation in OpenAI's wire form, and how many turns were taken."""

    messages: Annotated[list[Message], operator.add]
    turn: int
    first: NotRequired[int]
    """The number of its first turn, which is not 0 where the step began anew; 0 when it is left out."""


Ask = Callable[[AgentState], Awaitable[Message]]


def build_graph(
    ask: Ask, act: Act, check: Check, saver: BaseCheckpointSaver[str]
) -> CompiledStateGraph[AgentState, None, Any, Any]:
    """`ask(state)` gives the assistant's message, `act(turn, tool_calls, before)` the messages of its calls.

    `check(answer)` of a message without calls gives what the model is told where it cannot be the last, else None. The
    graph pauses after each turn; invoking it again with None takes the next one.
    """

    async def model(state: AgentState) -> dict[str, Any]:
        return {"messages": [await ask(state)], "turn": state["turn"] + 1}

    async def tools(state: AgentState) -> dict[str, Any]:
        *before, answer = state["messages"]
        return {"messages": await act(state["turn"] - 1, answer["tool_calls"], before)}

    async def checked(state: AgentState) -> dict[str, Any]:
        told = await check(state["messages"][-1])
        return {"messages": [] if told is None else [told]}

    def after_model(state: AgentState) -> str:
        return "tools" if state["messages"][-1].get("tool_calls") else "check"

    def after_check(state: AgentState) -> str:
        return END if state["messages"][-1]["role"] == "assistant" else "model"

    graph = StateGraph(AgentState)
    graph.add_node("model", model)
    graph.add_node("tools", tools)
    graph.add_node("check", checked)
    graph.add_edge(START, "model")
    graph.add_conditional_edges("model", after_model, {"tools": "tools", "check": "check"})
    graph.add_conditional_edges("check", after_check, {"model": "model", END: END})
    graph.add_edge("tools", "model")
    return graph.compile(checkpointer=saver, interrupt_after=["tools", "check"])
