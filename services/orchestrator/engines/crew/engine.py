"""Crew steps: CrewAI leads the agents in a program of its own; what they ask and do goes through this worker."""

import asyncio
from typing import Self

from foundation.cloud.objects.base import ObjectStore
from foundation.contracts.steps.crew import CrewStep
from foundation.domain.errors import SandboxUnavailable
from foundation.domain.failure_codes import FailureCode
from foundation.domain.states import StepKind
from foundation.storage.session.database import Database
from orchestrator.clients.crew_program.base import CrewBroken, CrewLost, CrewProgram, CrewUnavailable
from orchestrator.engines.base import EngineParts, RegisteredEngine
from orchestrator.engines.crew.definition import resolved
from orchestrator.engines.crew.session import CrewSession, RunIsPaused
from orchestrator.engines.model_turns import ModelTurns
from orchestrator.tools.files import stage
from orchestrator.tools.tool_calls import ToolCalls
from orchestrator.work import HandedBack, StepFinished, TickFailed, TickOutcome, Work


class CrewEngine(RegisteredEngine):
    """Plays a whole crew in one dispatch. A later holder plays it again, and reads all that was answered before."""

    kind = StepKind.CREW

    def __init__(
        self,
        database: Database,
        objects: ObjectStore,
        model_turns: ModelTurns,
        tool_calls: ToolCalls,
        program: CrewProgram,
    ) -> None:
        self._database = database
        self._objects = objects
        self._model_turns = model_turns
        self._tool_calls = tool_calls
        self._program = program

    @classmethod
    def of(cls, parts: EngineParts) -> Self:
        return cls(parts.database, parts.objects, parts.model_turns, parts.tool_calls, parts.crew_program)

    async def run(self, work: Work) -> TickOutcome:
        step = work.step
        if not isinstance(step, CrewStep):
            raise TypeError(f"not a crew step: {step.kind}")
        tenant_id = work.claim.dispatch.tenant_id
        crew = resolved(work, step)
        inputs = await stage(self._database, self._objects, tenant_id, work.resolve(step.files, "files"), at="/files")
        session = CrewSession(work, step, crew, inputs, model_turns=self._model_turns, tool_calls=self._tool_calls)
        try:
            async with self._program.start() as conversation:
                await session.play(conversation)
        except RunIsPaused:
            return HandedBack()
        except asyncio.CancelledError:
            if not work.clock.is_over:
                raise
            detail = f"the step's {step.timeout_seconds} s are over; raise its timeout_seconds, or give it less to do"
            raise TickFailed(FailureCode.STEP_TIMED_OUT, detail, output=session.output()) from None
        except TickFailed as error:
            error.output = session.output()
            raise
        except SandboxUnavailable as error:
            # Without walls nothing runs, and trying again does not build any.
            raise TickFailed(error.code, f"the crew was not run for want of a sandbox: {error.detail}") from error
        except (CrewLost, CrewBroken, CrewUnavailable) as error:
            raise TickFailed(
                error.code,
                f"the crew did not end: {error.detail}",
                retryable=error.retryable,
                output=session.output(),
            ) from error
        return StepFinished(session.output(), turn=session.next_turn)
