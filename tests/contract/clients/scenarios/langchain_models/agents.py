"""An agent of LangGraph with a name, asked by somebody with a name."""

from typing import Any

from langchain_core.messages import HumanMessage
from langgraph.prebuilt import create_react_agent

from scenarios.langchain_models.models import tide, weather
from scenarios.subjects import PROMPT


async def agent(chat: Any) -> Any:
    """It calls two tools and answers; then it is asked again, with its own named messages before."""
    made: Any = create_react_agent(chat.model, [weather, tide], name="helper")
    asked: dict[str, Any] = {"messages": [HumanMessage(PROMPT, name="bob")]}
    first = await chat.ask(made, asked)
    again = await chat.ask(made, {"messages": [*first["messages"], HumanMessage("And now?", name="bob")]})
    said = [message for message in again["messages"] if message.type == "ai"]
    assert {message.name for message in said} == {"helper"}
    return {"texts": [message.text for message in said], "calls": len(said)}
