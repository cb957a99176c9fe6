"""Which engine runs which kind of step: a new engine is a folder here and a member of `ENGINES`."""

from collections.abc import Mapping

from foundation.domain.states import StepKind
from orchestrator.engines.agent.engine import AgentEngine
from orchestrator.engines.approval.engine import ApprovalEngine
from orchestrator.engines.base import Engine, EngineParts, RegisteredEngine
from orchestrator.engines.crew.engine import CrewEngine
from orchestrator.engines.llm.engine import LlmEngine
from orchestrator.engines.noop.engine import NoopEngine
from orchestrator.engines.run.engine import RunEngine
from orchestrator.engines.tool.engine import ToolEngine

ENGINES: tuple[type[RegisteredEngine], ...] = (
    NoopEngine,
    ToolEngine,
    LlmEngine,
    AgentEngine,
    CrewEngine,
    ApprovalEngine,
    RunEngine,
)


def build_engines(parts: EngineParts) -> Mapping[StepKind, Engine]:
    return {engine.kind: engine.of(parts) for engine in ENGINES}
