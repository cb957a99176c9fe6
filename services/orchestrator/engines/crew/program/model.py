"""The model of each agent: a question to the worker, who asks the gateway."""

import json
from typing import Any

from crewai import BaseLLM
from pydantic import PrivateAttr

from orchestrator.engines.crew.program.channel import Channel
from orchestrator.engines.crew.program.escapes import escaped, escaped_values, unescaped, unescaped_values

_UNREADABLE = "not a JSON object"
"""Stands for arguments that no tool could be called with: CrewAI fails to parse it, and tells the model so."""

_ENDLESS = 1_000_000_000


class WorkerModel(BaseLLM):
    """Asks for one agent; `agent` None is the manager. `own_tools` are its functions that the worker describes."""

    agent: str | None
    own_tools: dict[str, str]
    """The tools' names by those of their functions."""
    _channel: Channel = PrivateAttr()
    _written: dict[tuple[str, str], str] = PrivateAttr(default_factory=dict)

    @classmethod
    def of(cls, channel: Channel, agent: str | None, own_tools: dict[str, str]) -> "WorkerModel":
        # The worker alone knows the model's name.
        model = cls(model="the-worker-knows", agent=agent, own_tools=own_tools)
        model._channel = channel
        return model

    def call(
        self,
        messages: Any,
        tools: list[dict[str, Any]] | None = None,
        callbacks: Any = None,  # noqa: ARG002 - CrewAI's signature
        available_functions: Any = None,  # noqa: ARG002
        from_task: Any = None,  # noqa: ARG002
        from_agent: Any = None,  # noqa: ARG002
        response_model: Any = None,  # noqa: ARG002
    ) -> Any:
        """The answer's text, or the calls of functions that it makes, as CrewAI reads them."""
        functions = [tool["function"] for tool in tools or []]
        answer = self._channel.ask(
            {
                "type": "ask",
                "agent": self.agent,
                "messages": [self._message(message) for message in self._format_messages(messages)],
                "tools": [self.own_tools[one["name"]] for one in functions if one["name"] in self.own_tools],
                "functions": [_function(one) for one in functions if one["name"] not in self.own_tools],
            }
        )
        calls = [self._tool_call(call) for call in answer["tool_calls"]]
        return calls or escaped(answer["text"])

    def supports_function_calling(self) -> bool:
        return True

    def supports_stop_words(self) -> bool:
        return False

    def get_context_window_size(self) -> int:
        """Without an end, so that CrewAI neither shortens a conversation nor puts a result aside by itself."""
        return _ENDLESS

    def is_context_window_overflowing_threshold(self, *_: Any, **__: Any) -> bool:
        return False

    def is_tool_result_overflowing_threshold(self, _: str) -> tuple[bool, int]:
        return False, 0

    def _message(self, message: dict[str, Any]) -> dict[str, Any]:
        content = message.get("content")
        sent: dict[str, Any] = {
            "role": message["role"],
            "content": None if content is None else unescaped(str(content)),
        }
        if calls := message.get("tool_calls"):
            sent["tool_calls"] = [self._echo(call) for call in calls]
        if (answered := message.get("tool_call_id")) is not None:
            sent["tool_call_id"] = str(answered)
        return sent

    def _tool_call(self, call: dict[str, Any]) -> dict[str, Any]:
        """A call as CrewAI gets it; how the model wrote its arguments is kept for when it is shown them again."""
        arguments = _UNREADABLE
        if call["readable"]:
            arguments = json.dumps(escaped_values(json.loads(call["arguments"] or "{}")), ensure_ascii=False)
        self._written[call["id"], arguments] = call["arguments"]
        function = {"name": call["name"], "arguments": arguments}
        return {"id": call["id"], "type": "function", "function": function}

    def _echo(self, call: dict[str, Any]) -> dict[str, Any]:
        function = call["function"]
        written = self._written.get((call["id"], function["arguments"]), function["arguments"])
        return {"id": call["id"], "name": function["name"], "arguments": written}


def _function(function: dict[str, Any]) -> dict[str, Any]:
    """A function of CrewAI's own, as the delegation of work, whose description names the roles of a crew."""
    return {
        "name": function["name"],
        "description": unescaped(function["description"]),
        "parameters": unescaped_values(function["parameters"]),
    }
