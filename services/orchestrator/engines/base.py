"""The port of engines: an engine runs one dispatch of a claimed step of its kind and returns how it ended."""

from dataclasses import dataclass
from typing import ClassVar, Protocol, Self

from foundation.cloud.objects.base import ObjectStore
from foundation.domain.states import StepKind
from foundation.storage.session.database import Database
from orchestrator.clients.crew_program.base import CrewProgram
from orchestrator.engines.model_turns import ModelTurns
from orchestrator.tools.tool_calls import ToolCalls
from orchestrator.work import TickOutcome, Work


@dataclass(frozen=True, slots=True)
class EngineParts:
    """The parts that a worker has for its engines; each engine takes those that it needs."""

    database: Database
    objects: ObjectStore
    model_turns: ModelTurns
    tool_calls: ToolCalls
    crew_program: CrewProgram


class Engine(Protocol):
    """Runs ticks of claimed steps."""

    async def run(self, work: Work) -> TickOutcome:
        """Runs one tick. Raises `TickFailed`, or a `LockstepError` (budget, lease, closed run, dependency)."""
        ...


class RegisteredEngine(Engine, Protocol):
    """An engine that the registry can find by kind and build for a worker."""

    kind: ClassVar[StepKind]
    """The kind of step that it runs; no other engine has it."""

    @classmethod
    def of(cls, parts: EngineParts) -> Self:
        """The engine of one worker, which runs many steps at once."""
        ...
