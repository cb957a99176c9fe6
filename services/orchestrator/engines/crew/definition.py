"""A crew as its program gets it: the step's definition with every `${…}` replaced."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from foundation.contracts.expressions.evaluation import ExpressionError
from foundation.contracts.steps.crew import CrewAgent, CrewStep, called, same_role
from foundation.domain.failures import FailureCode
from foundation.domain.tools import ToolEffect
from orchestrator.tools.functions import function_of
from orchestrator.work import TickFailed, Work


@dataclass(frozen=True, slots=True)
class CrewMember:
    """What the worker itself must know of an agent, and does not take from its program."""

    model: str
    max_tokens: int
    tools: Mapping[str, ToolEffect | None]
    """By name, what running each twice would mean, where the definition says so."""


MANAGER_TOKENS = 2048
"""The most tokens of an answer of a manager, as of an agent that does not say."""


@dataclass(frozen=True, slots=True)
class ResolvedCrew:
    """`document` is what the program is told; `members` are by the agent's name, and the manager's is None."""

    document: dict[str, Any]
    members: dict[str | None, CrewMember]


def resolved(work: Work, step: CrewStep) -> ResolvedCrew:
    """The crew with its texts; `ExpressionError` where one is empty, `TickFailed` where two roles are the same."""
    members: dict[str | None, CrewMember] = {}
    agents = []
    for index, agent in enumerate(step.agents):
        at = ("agents", str(index))
        model = work.resolve_text(agent.model, *at, "model")
        members[agent.name] = CrewMember(model, agent.max_tokens, _effects_of(agent))
        agents.append(_agent(work, agent, at))
    if step.manager_model is not None:
        members[None] = CrewMember(work.resolve_text(step.manager_model, "manager_model"), MANAGER_TOKENS, {})
        _refuse_same_roles([agent["role"] for agent in agents])
    tasks = [
        {
            "name": task.name,
            "description": _text(work, task.description, "tasks", str(index), "description"),
            "expected_output": _text(work, task.expected_output, "tasks", str(index), "expected_output"),
            "agent": task.agent,
            "context": task.context,
        }
        for index, task in enumerate(step.tasks)
    ]
    document = {"process": step.process, "max_turns": step.max_turns, "agents": agents, "tasks": tasks}
    return ResolvedCrew(document, members)


def _effects_of(agent: CrewAgent) -> dict[str, ToolEffect | None]:
    given = agent.effects()
    return {name: given.get(name) for name in agent.tool_names}


def _agent(work: Work, agent: CrewAgent, at: tuple[str, ...]) -> dict[str, Any]:
    return {
        "name": agent.name,
        "role": _text(work, agent.role, *at, "role"),
        "goal": _text(work, agent.goal, *at, "goal"),
        "backstory": work.resolve_text(agent.backstory, *at, "backstory"),
        "max_turns": agent.max_turns,
        "tools": [{"tool": tool, **function_of(work.tools[tool])["function"]} for tool in agent.tool_names],
    }


def _text(work: Work, value: str, *at: str) -> str:
    text = work.resolve_text(value, *at)
    if not text.strip():
        raise ExpressionError(f"/{'/'.join(at)}: its expressions give an empty text; write || 'default' within them")
    return text


def _refuse_same_roles(roles: list[str]) -> None:
    names = [called(role) for role in roles]
    for index, name in enumerate(names):
        if names.index(name) != index:
            raise TickFailed(FailureCode.EXPRESSION_FAILED, f"/agents/{index}/role: {same_role(names.index(name))}")
