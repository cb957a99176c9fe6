"""A tool as the API shows it: all that a caller, or a model, has to know before it is called."""

from typing import Any, Self

from pydantic import BaseModel, Field

from foundation.contracts.tool_job import JobLimits
from foundation.contracts.tools.arguments import MAX_SECONDS
from foundation.contracts.tools.calls.profile_limits import PROFILE_LIMITS
from foundation.contracts.tools.contract import ToolContract
from foundation.domain.tools import CostClass, SandboxProfile, ToolEffect


class ToolEffectView(BaseModel):
    """What repeating a call would mean; where it depends on the call, `default` is what holds without knowing more."""

    default: ToolEffect
    depends_on_call: bool = Field(description="whether the arguments, and the task's `egress`, decide for each call")


class ToolLimitsView(BaseModel):
    """What one call may take at most; docs/reference/limits.md says what happens beyond."""

    default_timeout_seconds: int
    max_timeout_seconds: int
    memory_mb: int
    processes: int = Field(description="processes and threads together")
    output_bytes: int = Field(description="stdout and stderr together")
    artifact_count: int
    artifact_bytes: int = Field(description="all artifacts of the call together")

    @classmethod
    def of(cls, tool: ToolContract) -> Self:
        job, held = JobLimits(), PROFILE_LIMITS[tool.profile]
        return cls(
            default_timeout_seconds=tool.default_seconds,
            max_timeout_seconds=MAX_SECONDS,
            memory_mb=held.memory_mb,
            processes=held.processes,
            output_bytes=job.output_bytes,
            artifact_count=job.artifact_count,
            artifact_bytes=job.artifact_bytes,
        )


class ToolView(BaseModel):
    """A tool that definitions may name."""

    name: str
    description: str = Field(description="what models are told of it")
    arguments: dict[str, Any] = Field(description="JSON Schema of the arguments")
    result: dict[str, Any] = Field(description="JSON Schema of `result` in the output of a call")
    effect: ToolEffectView
    cost: CostClass = Field(description="what a call takes of the machine that runs it")
    profile: SandboxProfile = Field(description="the kind of sandbox that its calls run in")
    limits: ToolLimitsView
    failures: list[str] = Field(description="the codes of its own that a call may fail with, which `retry.on` may name")
    needs_egress: bool = Field(description="whether it does nothing in a task without `egress`")
    usable: bool = Field(
        description="false where the tenant's policies leave it nothing to do, or no tool runtime can run it"
    )
    unusable_reason: str | None = None
    unusable_agents: dict[str, str] = Field(
        description="of code_agent: agents that no tool runtime has installed, with the reason"
    )

    @classmethod
    def of(cls, tool: ToolContract, *, unusable_reason: str | None, unusable_agents: dict[str, str]) -> Self:
        return cls(
            name=tool.name,
            description=tool.description,
            arguments=tool.parameters,
            result=tool.gives,
            effect=ToolEffectView(default=tool.effect, depends_on_call=tool.judge is not None),
            cost=tool.cost,
            profile=tool.profile,
            limits=ToolLimitsView.of(tool),
            failures=sorted(tool.failures),
            needs_egress=tool.needs_egress,
            usable=unusable_reason is None,
            unusable_reason=unusable_reason,
            unusable_agents=unusable_agents,
        )


class ToolList(BaseModel):
    """All of them, by name, so that there is no next page."""

    items: list[ToolView]
    next_cursor: None = None
