"""Finds the models that a definition names and that no provider serves, or none whom its tenant may use."""

from collections.abc import Iterator
from dataclasses import dataclass

from control_plane.identity.callers import ApiCaller
from control_plane.resources import AppResources
from foundation.contracts.accepted.accepted_json import pointer_of
from foundation.contracts.definition import TaskDefinition
from foundation.contracts.gateway.call_estimates import CallShape, TextBytes
from foundation.contracts.policy.providers import NOT_ALLOWED, ProviderRules
from foundation.contracts.steps.agent import AgentStep
from foundation.contracts.steps.crew import CrewStep
from foundation.contracts.steps.llm import LlmStep
from foundation.contracts.steps.tool import ToolStep
from foundation.contracts.tools.code_agent import CODE_AGENT
from foundation.domain.errors import DependencyUnavailable, Fault
from foundation.storage.people import tenant_settings
from foundation.telemetry.logs import logger

_log = logger(__name__)

Place = tuple[str | int, ...]
_EXPRESSION = "${"


_NOT_FOUND = "model_not_found"


@dataclass(frozen=True, slots=True)
class ModelFindings:
    """Faults: models that the tenant may not call. Warnings: models that nobody serves now, which may change."""

    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()


async def model_findings(app: AppResources, caller: ApiCaller, definition: TaskDefinition) -> ModelFindings:
    """One for each place of a model's name; a name that only the run knows is refused by the gateway, if it must be.

    So is everything while the gateway cannot be asked: it decides anew about each call.
    """
    named = list(_named(definition))
    if not named:
        return ModelFindings()
    async with app.database.tenant(caller.tenant_id) as tx:
        rules = ProviderRules.of_settings(await tenant_settings.read(tx, caller.tenant_id))
    models = sorted({model for _, model in named})
    nothing = TextBytes(least=0, most=0, smooth=0)
    shapes = [CallShape(model=model, text=nothing, messages=1, max_output=1) for model in models]
    try:
        bounds = dict(zip(models, await app.gateway.call_bounds(shapes, rules), strict=True))
    except DependencyUnavailable as error:
        _log.warning("a definition was taken without asking where its calls may go", exc_info=error)
        return ModelFindings()
    told = {
        code: tuple(
            Fault(pointer_of(place), str(bounds[model].refused))
            for place, model in named
            if bounds[model].refused_code == code
        )
        for code in (NOT_ALLOWED, _NOT_FOUND)
    }
    return ModelFindings(told[NOT_ALLOWED], told[_NOT_FOUND])


def _named(definition: TaskDefinition) -> Iterator[tuple[Place, str]]:
    for index, step in enumerate(definition.steps):
        for place, model in _of_step(step):
            if _EXPRESSION not in model:
                yield ("steps", index, *place), model


def _of_step(step: object) -> Iterator[tuple[Place, str]]:
    match step:
        case LlmStep() | AgentStep():
            yield ("model",), step.model
        case CrewStep():
            for place, agent in enumerate(step.agents):
                yield ("agents", place, "model"), agent.model
            if step.manager_model is not None:
                yield ("manager_model",), step.manager_model
        case ToolStep(tool=tool, arguments={"model": str(model)}) if tool == CODE_AGENT.name:
            yield ("arguments", "model"), model
