"""Which engine runs which kind of step: a new engine is a new file and one line here."""

from collections.abc import Mapping

from foundation.cloud.objects.base import ObjectStore
from foundation.domain.states import StepKind
from foundation.storage.session.database import Database
from orchestrator.clients.model_gateway.base import ModelGateway
from orchestrator.engines.agent.engine import AgentEngine
from orchestrator.engines.base import Engine
from orchestrator.engines.llm import LlmEngine
from orchestrator.engines.model_turns import ModelTurns
from orchestrator.engines.noop import NoopEngine
from orchestrator.engines.tool import ToolEngine
from orchestrator.failpoints import Failpoints
from orchestrator.tools.tool_calls import ToolCalls


def build_engines(
    database: Database, objects: ObjectStore, gateway: ModelGateway, tool_calls: ToolCalls, failpoints: Failpoints
) -> Mapping[StepKind, Engine]:
    model_turns = ModelTurns(database, gateway, failpoints)
    return {
        StepKind.NOOP: NoopEngine(),
        StepKind.TOOL: ToolEngine(database, objects, tool_calls),
        StepKind.LLM: LlmEngine(model_turns),
        StepKind.AGENT: AgentEngine(database, objects, model_turns, tool_calls),
    }
