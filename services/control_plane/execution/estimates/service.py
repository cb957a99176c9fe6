"""Estimates what a run of a task may take: its tasks are read, walked, and priced by the gateway, one after another."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from control_plane.execution.estimates.below import Below, read_below
from control_plane.execution.estimates.planned import RunPlan
from control_plane.execution.estimates.schemas import EstimateRun, EstimateView
from control_plane.execution.estimates.sums import Summing
from control_plane.execution.estimates.texts import KnownInput
from control_plane.execution.estimates.walking import Walk
from control_plane.execution.runs.submit import RunRequest, budget_of, definition_of, runnable_task
from control_plane.identity.callers import ApiCaller
from control_plane.resources import AppResources
from foundation.contracts.definition import TaskDefinition
from foundation.contracts.gateway.budget_policy import AwayPolicy, BoundKind, BudgetPolicy
from foundation.contracts.policy.providers import ProviderRules
from foundation.contracts.steps.base import Budget
from foundation.domain.ids import TaskId
from foundation.storage.people import tenant_settings
from foundation.storage.tasks import Task


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the database says about what is asked."""

    task: Task
    definition: TaskDefinition
    budget: Budget
    below: Below
    budgets_hold: bool
    rules: ProviderRules | None


async def estimate(app: AppResources, caller: ApiCaller, task_id: TaskId, wanted: EstimateRun) -> EstimateView:
    """The bounds of the run that this would start; what `POST /runs` refuses is refused in the same words."""
    asked = await _read(app, caller, task_id, wanted)
    # Expressions over the input are evaluated, which may take a while, and other requests run in this loop.
    async with app.estimate_turns.one(caller.tenant_id):
        plan = await asyncio.to_thread(_plan, asked, wanted.known_input())
        shapes = plan.shapes()
        bounds = dict(zip(shapes, await app.gateway.call_bounds(shapes, asked.rules), strict=True))
        summing = Summing(bounds, budgets_hold=asked.budgets_hold)
        run = await asyncio.to_thread(summing.run, plan)
    return EstimateView.of(asked.task, asked.budget, run, budgets_hold=asked.budgets_hold)


async def _read(app: AppResources, caller: ApiCaller, task_id: TaskId, wanted: EstimateRun) -> _Asked:
    async with app.database.tenant(caller.tenant_id) as tx:
        task = await runnable_task(tx, caller, RunRequest(task_id, wanted.task_version, wanted.input, wanted.budget))
        definition = definition_of(task)
        below = Below(await read_below(tx, caller.tenant_id, definition))
        policy = await tenant_settings.read(tx, caller.tenant_id)
    budget, rules = budget_of(definition.budget, wanted.budget), ProviderRules.of_settings(policy)
    return _Asked(task, definition, budget, below, _budgets_hold(policy), rules)


def _plan(asked: _Asked, given: Mapping[str, Any] | None) -> RunPlan:
    return Walk(asked.below).run(
        asked.definition,
        KnownInput(given),
        budget=asked.budget,
        timeout_seconds=asked.definition.timeout_seconds,
        above=(str(asked.task.task_id),),
    )


def _budgets_hold(settings: Mapping[str, Any]) -> bool:
    """Whether the tenant lets no call pass a budget: neither by estimated bounds, nor while budgets cannot be read."""
    try:
        policy = BudgetPolicy.model_validate({name: settings.get(name) for name in BudgetPolicy.model_fields})
    except ValidationError:
        # Gateways ignore what they cannot read, and so are as strict as they are shipped.
        return True
    strict = policy.bounds is None or policy.bounds.mode is BoundKind.STRICT
    return strict and (policy.redis_away is None or policy.redis_away.policy is AwayPolicy.CLOSED)
