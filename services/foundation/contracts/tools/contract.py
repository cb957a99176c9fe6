"""A tool as definitions, models and the runtime know it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import BaseModel

from foundation.contracts.tools.arguments import ToolArguments, faults_of
from foundation.domain.errors import Fault
from foundation.domain.tools import CostClass, SandboxProfile, ToolEffect

COMMON_FAILURES = frozenset({"internal", "not_possible", "out_of_memory", "result_too_large"})
"""Codes that every program of ours may end with."""

Judge = Callable[[Mapping[str, Any], bool], ToolEffect]


@dataclass(frozen=True)
class ToolContract:
    """Its name, what running it twice would mean, what it takes, what it does (for models), and its arguments."""

    name: str
    effect: ToolEffect
    cost: CostClass
    profile: SandboxProfile
    description: str
    arguments: type[ToolArguments]
    judge: Judge | None = None
    """What repeating one call would mean, where that depends on the call; else `effect`."""
    result: type[BaseModel] | None = None
    """The shape of `result`; None where the caller's program decides it."""
    needs_egress: bool = False
    """Whether it can do nothing where no host may be reached."""
    calls_models: bool = False
    """Whether its program calls models, on its step's budget; no other tool's jobs reach the gateway."""
    tells_after: float | None = None
    """After how many seconds the lines that its program prints are told while it runs, those from before among them;
    what ends earlier has them in its result alone. None: they are not told."""

    own_failures: frozenset[str] = frozenset()
    """The codes that its program, where that is ours, gives for why a call has failed; those of all are `failures`."""

    @property
    def failures(self) -> frozenset[str]:
        """All codes that its own `error` may have: of a program of the caller's what is told before it begins."""
        return self.own_failures | COMMON_FAILURES if self.says_why else self.own_failures

    @property
    def says_why(self) -> bool:
        """Whether its program is ours, so that the `error` of its result says why a call has failed."""
        return self.result is not None

    @property
    def default_seconds(self) -> int:
        """How long a call may take that says nothing of it."""
        return int(self.arguments.model_fields["timeout_seconds"].default)

    def effect_of(self, arguments: Mapping[str, Any], *, reaches: bool) -> ToolEffect:
        """What repeating a call with these arguments, not yet checked, would mean; `reaches`: its task has egress."""
        return self.effect if self.judge is None else self.judge(arguments, reaches)

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """The JSON Schema of the arguments, as a model is shown it."""
        return _without_titles(self.arguments.model_json_schema())

    @cached_property
    def gives(self) -> dict[str, Any]:
        """The JSON Schema of `result`."""
        if self.result is None:
            return {"description": "any JSON value: what the program writes to /work/out/result.json"}
        return self.result.model_json_schema(by_alias=True)

    def faults(self, arguments: Any, *, expressions: bool = False) -> list[Fault]:
        """What is wrong with them; with `expressions`, values that are not known yet are not judged."""
        return faults_of(self.name, self.arguments, arguments, expressions=expressions)


def _without_titles(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema without titles and the class's docstring, which only repeat the names."""
    properties = {
        name: {key: value for key, value in about.items() if key != "title"}
        for name, about in schema["properties"].items()
    }
    kept = {key: value for key, value in schema.items() if key not in {"title", "description"}}
    return {**kept, "properties": properties}
