"""What an agent or a crew does now: in which turn it is, who asks and for what, and what it waits for."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from control_plane.insight.explanations.schemas import Doing, DoingNow, LastTool
from foundation.contracts.moments import told
from foundation.domain.ids import StepId
from foundation.domain.states import StepKind, StepStatus
from foundation.storage.execution.steps import StepRow
from foundation.storage.execution.turns import TurnStanding
from foundation.storage.tasks import Task

TAKE_TURNS = frozenset({StepKind.AGENT, StepKind.CREW})
_STARTED = "STARTED"


def doings(
    steps: list[StepRow], task: Task | None, overrides: Mapping[str, Any], standing: Mapping[StepId, TurnStanding]
) -> dict[StepId, Doing]:
    """By the ids of those open steps that have asked a model; `task` and `overrides` are the run's."""
    defined = {step["name"]: step for step in (task.definition["steps"] if task else [])}
    return {
        step.step_id: doing(
            step, {**defined.get(step.name, {}), **overrides.get(step.name, {})}, standing[step.step_id]
        )
        for step in steps
        if step.step_id in standing
    }


def doing(step: StepRow, definition: Mapping[str, Any], standing: TurnStanding) -> Doing:
    """What one step does; `definition` is its own, as its run has it."""
    tasks = [task["name"] for task in definition.get("tasks", [])] if step.kind is StepKind.CREW else []
    tool = None
    if standing.tool is not None and standing.tool_status is not None and standing.tool_since is not None:
        tool = LastTool(name=standing.tool, status=standing.tool_status, since=standing.tool_since)
    now, since = _now(step, standing)
    return Doing(
        turn=standing.number or step.turns + 1,
        max_turns=definition.get("max_turns"),
        task=standing.task,
        task_number=tasks.index(standing.task) + 1 if standing.task in tasks else None,
        tasks=len(tasks) or None,
        agent=standing.agent,
        last_tool=tool,
        waits_for=now,
        since=since,
    )


def _now(step: StepRow, standing: TurnStanding) -> tuple[DoingNow | None, datetime | None]:
    """What it waits for and since when; None where no worker has it, as its wait says the rest."""
    if step.status is not StepStatus.RUNNING:
        return None, None
    if standing.tool_of_turn and standing.tool_status == _STARTED:
        return DoingNow.TOOL, standing.tool_since
    if standing.tool_of_turn:
        return DoingNow.ITSELF, standing.tool_since
    if standing.answered_at is None:
        return DoingNow.MODEL, standing.asked_at
    return DoingNow.ITSELF, standing.answered_at


def in_words(doing: Doing) -> str:
    """For a sentence about the step that is doing it."""
    parts = []
    if doing.task is not None:
        place = f" ({doing.task_number} of {doing.tasks})" if doing.task_number else ""
        parts.append(f"its task {doing.task}{place}")
    if doing.tasks:
        parts.append(f"its agent {doing.agent}" if doing.agent else "its manager")
    parts.append(f"turn {doing.turn}" + (f" of at most {doing.max_turns}" if doing.max_turns else ""))
    if doing.waits_for is None or doing.since is None:
        return ", ".join(parts)
    since = told(doing.since, timespec="seconds")
    tool = doing.last_tool
    if doing.waits_for is DoingNow.TOOL and tool is not None:
        return f"{', '.join(parts)}: tool {tool.name} runs since {since}"
    last = f"; its last tool, {tool.name}, {_ENDED.get(tool.status, 'ended')}" if tool is not None else ""
    if doing.waits_for is DoingNow.MODEL:
        return f"{', '.join(parts)}: its model was asked at {since}{last}"
    return f"{', '.join(parts)}: it goes on since {since}{last}"


_ENDED = {
    "SUCCEEDED": "succeeded",
    "FAILED": "failed",
    "TIMED_OUT": "ran out of time",
    "KILLED": "was killed",
    "CANCELLED": "was cancelled",
    "OUTCOME_UNKNOWN": "has an unknown outcome",
    _STARTED: "still runs",
}
