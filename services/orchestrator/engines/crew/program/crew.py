"""A crew of CrewAI, made of what the worker tells, and run to its end."""

import json
from typing import Any

from crewai import Agent, Crew, Process, Task
from crewai.agents.agent_executor import AgentExecutor
from crewai.utilities.i18n import get_i18n

from orchestrator.engines.crew.program.channel import Channel
from orchestrator.engines.crew.program.escapes import escaped, unescaped
from orchestrator.engines.crew.program.model import WorkerModel
from orchestrator.engines.crew.program.tools import WorkerTool

_PLAIN: dict[str, Any] = {
    "verbose": False,
    "memory": False,
    "cache": False,
    # What goes wrong ends the step in the worker. Nothing is tried again here, or a question would be paid twice.
    "max_retry_limit": 0,
    "respect_context_window": False,
    "use_better_compaction": False,
}


def _keep_order() -> None:
    """Has CrewAI call several tools at once only where the order in which they end makes no difference.

    A crew that is played again must ask the same in the same order. So work is handed out one piece after the other,
    and two calls that are the same are made one after the other. CrewAI's executor is a flow that finds its steps in
    its very class, so a class of our own that derives from it would have none: the one method is replaced instead.
    """
    crewai_s = AgentExecutor._should_parallelize_native_tool_calls  # noqa: SLF001

    def may_be_at_once(executor: Any, tool_calls: list[Any]) -> bool:
        own = {tool.name for tool in executor.original_tools if isinstance(tool, WorkerTool)}
        functions = [call["function"] for call in tool_calls]
        different = {json.dumps(function, sort_keys=True) for function in functions}
        return (
            len(different) == len(functions)
            and own.issuperset(function["name"] for function in functions)
            and bool(crewai_s(executor, tool_calls))
        )

    AgentExecutor._should_parallelize_native_tool_calls = may_be_at_once  # noqa: SLF001


def run(channel: Channel, told: dict[str, Any]) -> str:
    """The crew's last answer; each task is told of as it ends."""
    _keep_order()
    agents = {agent["name"]: _agent(channel, agent) for agent in told["agents"]}
    tasks: dict[str, Task] = {}
    for task in told["tasks"]:
        tasks[task["name"]] = _task(channel, task, agents, tasks)
    led = told["process"] == "hierarchical"
    crew = Crew(
        agents=list(agents.values()),
        tasks=list(tasks.values()),
        process=Process.hierarchical if led else Process.sequential,
        manager_agent=_manager(channel, told) if led else None,
        memory=False,
        cache=False,
        planning=False,
        share_crew=False,
        tracing=False,
        verbose=False,
    )
    return unescaped(crew.kickoff().raw)


def _agent(channel: Channel, told: dict[str, Any]) -> Agent:
    own_tools = {tool["name"]: tool["tool"] for tool in told["tools"]}
    return Agent(
        role=escaped(told["role"]),
        goal=escaped(told["goal"]),
        backstory=escaped(told["backstory"]),
        llm=WorkerModel.of(channel, told["name"], own_tools),
        tools=[WorkerTool.of(channel, told["name"], tool) for tool in told["tools"]],
        max_iter=told["max_turns"],
        allow_delegation=False,
        **_PLAIN,
    )


def _manager(channel: Channel, told: dict[str, Any]) -> Agent:
    """CrewAI's own manager, with its own words, on the model that the crew names for it."""
    words = get_i18n()
    return Agent(
        role=words.retrieve("hierarchical_manager_agent", "role"),
        goal=words.retrieve("hierarchical_manager_agent", "goal"),
        backstory=words.retrieve("hierarchical_manager_agent", "backstory"),
        llm=WorkerModel.of(channel, None, {}),
        max_iter=told["max_turns"],
        allow_delegation=True,
        **_PLAIN,
    )


def _task(channel: Channel, told: dict[str, Any], agents: dict[str, Agent], before: dict[str, Task]) -> Task:
    # Without a context CrewAI gives a task the texts of all before it; an empty list gives it none.
    context = {} if told["context"] is None else {"context": [before[name] for name in told["context"]]}

    def ended(output: Any) -> None:
        channel.send({"type": "task", "name": told["name"], "text": unescaped(output.raw)})

    return Task(
        name=told["name"],
        description=escaped(told["description"]),
        expected_output=escaped(told["expected_output"]),
        agent=None if told["agent"] is None else agents[told["agent"]],
        callback=ended,
        **context,
    )
