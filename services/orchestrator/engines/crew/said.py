"""What the program of a crew may say to its worker, checked: its frames are as unproven as any input."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from foundation.contracts.accepted.accepted_json import JsonLimits, NotAccepted, parse_json
from foundation.contracts.accepted.sentences import sentence_of_error
from orchestrator.clients.crew_program.base import CrewBroken
from orchestrator.clients.crew_program.frames import MAX_BYTES

_LIMITS = JsonLimits(max_bytes=MAX_BYTES, max_depth=64, exact_decimals=False)
_MAX_MESSAGES = 10_000
_MAX_TEXT = 4 * 1024 * 1024

SaidText = Annotated[str, Field(max_length=_MAX_TEXT)]
SaidName = Annotated[str, Field(max_length=200)]
Number = Annotated[int, Field(ge=0, le=2**31 - 1)]


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class SaidCall(_Said):
    """A call of a function within a message, as a model wrote it."""

    id: SaidName
    name: SaidName
    arguments: SaidText


class SaidMessage(_Said):
    """One message of an agent's conversation."""

    role: Literal["system", "user", "assistant", "tool"]
    content: SaidText | None = None
    tool_calls: list[SaidCall] = Field(default=[], max_length=128)
    tool_call_id: SaidName | None = None

    def wire(self) -> dict[str, Any]:
        """The message in OpenAI's wire form."""
        message: dict[str, Any] = {"role": self.role, "content": self.content}
        if self.tool_calls:
            message["tool_calls"] = [
                {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
                for call in self.tool_calls
            ]
        return message if self.tool_call_id is None else {**message, "tool_call_id": self.tool_call_id}


class SaidFunction(_Said):
    """A function of CrewAI's own that an agent may call, as the delegation of work."""

    name: SaidName
    description: SaidText
    parameters: dict[str, Any]

    def wire(self) -> dict[str, Any]:
        return {"type": "function", "function": self.model_dump()}


class Ask(_Said):
    """An agent asks its model; `agent` None is the manager. `tools` are those of its tools that it is shown."""

    type: Literal["ask"]
    id: Number
    agent: SaidName | None
    messages: list[SaidMessage] = Field(min_length=1, max_length=_MAX_MESSAGES)
    tools: list[SaidName] = Field(default=[], max_length=64)
    functions: list[SaidFunction] = Field(default=[], max_length=64)


class Call(_Said):
    """An agent calls one of its tools."""

    type: Literal["call"]
    id: Number
    agent: SaidName
    tool: SaidName
    arguments: dict[str, Any]


class TaskDone(_Said):
    """A task of the crew has its text."""

    type: Literal["task"]
    name: SaidName
    text: SaidText


class Done(_Said):
    """The crew has ended well; `text` is its last answer."""

    type: Literal["done"]
    text: SaidText


class Failed(_Said):
    """CrewAI gave up, for this reason."""

    type: Literal["failed"]
    reason: Annotated[str, Field(max_length=4_000)]


Said = Annotated[Ask | Call | TaskDone | Done | Failed, Field(discriminator="type")]
_SAID: TypeAdapter[Said] = TypeAdapter(Said)


def read(frame: bytes) -> Said:
    """The frame's meaning; `CrewBroken` when it has none."""
    try:
        return _SAID.validate_python(parse_json(frame, limits=_LIMITS))
    except NotAccepted as error:
        raise CrewBroken(f"its program does not keep to the protocol: {error}") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = "/".join(str(part) for part in first["loc"])
        raise CrewBroken(f"its program does not keep to the protocol: /{place}: {sentence_of_error(first)}") from error
