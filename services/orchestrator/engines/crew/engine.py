"""Crew steps: CrewAI leads the agents in a program of its own; what they ask and do goes through this worker."""

import asyncio
from typing import Self

from foundation.cloud.objects.base import ObjectStore
from foundation.contracts.steps.crew import CrewStep
from foundation.domain.errors import LockstepError, SandboxUnavailable
from foundation.domain.failures import FailureCode
from foundation.domain.states import StepKind
from foundation.storage.session.database import Database
from foundation.telemetry.logs import logger
from foundation.workflow import outcomes
from orchestrator.clients.crew_program.base import CrewBroken, CrewLost, CrewProgram, CrewUnavailable
from orchestrator.engines.base import EngineParts, RegisteredEngine
from orchestrator.engines.crew.definition import resolved
from orchestrator.engines.crew.session import CrewSession, RunIsPaused
from orchestrator.engines.model_turns import ModelTurns
from orchestrator.tools.files import stage
from orchestrator.tools.tool_calls import ToolCalls
from orchestrator.tools.toolbox import equipped
from orchestrator.work import HandedBack, StepFinished, TickFailed, TickOutcome, Work, partial_output

_log = logger(__name__)


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
        work = await equipped(self._database, work)
        tenant_id = work.claim.dispatch.tenant_id
        crew = resolved(work, step)
        inputs = await stage(self._database, self._objects, tenant_id, work.resolve(step.files, "files"), at="/files")
        session = CrewSession(work, step, crew, inputs, model_turns=self._model_turns, tool_calls=self._tool_calls)
        try:
            async with self._program.start() as conversation:
                await session.play(conversation)
        except RunIsPaused:
            return HandedBack(partial_output(session.output()))
        except asyncio.CancelledError:
            if not work.clock.is_over:
                await asyncio.shield(self._keep_late(work, session))
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

    async def _keep_late(self, work: Work, session: CrewSession) -> None:
        """Keeps what the crew has by now if its step was cancelled; nothing where another holder goes on with it."""
        dispatch = work.claim.dispatch
        output = partial_output(session.output())
        try:
            async with self._database.tenant(dispatch.tenant_id) as tx:
                await outcomes.keep_late_output(
                    tx, dispatch.tenant_id, dispatch.step_id, fence=work.claim.fence, output=output
                )
        except (LockstepError, OSError) as error:
            _log.warning("what a crew had could not be kept", extra={"error": type(error).__name__})
