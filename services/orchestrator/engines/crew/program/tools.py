"""The tools of an agent: each call is a question to the worker, who runs it in the tool runtime."""

from typing import Any

from crewai.tools import BaseTool
from pydantic import BaseModel, PrivateAttr

from orchestrator.engines.crew.program.channel import Channel
from orchestrator.engines.crew.program.escapes import escaped, unescaped_values


class AnyArguments(BaseModel):
    """Takes what the model gave: the tool's own contract checks it, and the worker shows the model its schema."""


class WorkerTool(BaseTool):
    """One tool of one agent."""

    agent: str
    tool: str
    args_schema: type[BaseModel] = AnyArguments
    _channel: Channel = PrivateAttr()

    @classmethod
    def of(cls, channel: Channel, agent: str, told: dict[str, Any]) -> "WorkerTool":
        """`told` is the tool as the worker describes it, with the name of its function."""
        made = cls(name=told["name"], description=escaped(told["description"]), agent=agent, tool=told["tool"])
        made._channel = channel
        return made

    def _run(self, **arguments: Any) -> str:
        call = {"type": "call", "agent": self.agent, "tool": self.tool, "arguments": unescaped_values(arguments)}
        return escaped(self._channel.ask(call)["text"])
