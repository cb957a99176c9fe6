"""The kinds of steps, told apart by `kind`: a new one is a file here and a member of this union."""

from typing import Annotated

from pydantic import Field

from foundation.contracts.steps.agent import AgentStep
from foundation.contracts.steps.approval import ApprovalStep
from foundation.contracts.steps.crew import CrewStep
from foundation.contracts.steps.llm import LlmStep
from foundation.contracts.steps.noop import NoopStep
from foundation.contracts.steps.run import RunStep
from foundation.contracts.steps.tool import ToolStep

Step = Annotated[
    NoopStep | ToolStep | LlmStep | AgentStep | CrewStep | ApprovalStep | RunStep, Field(discriminator="kind")
]
