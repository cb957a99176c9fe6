"""Arguments of a tool that does one of several actions in a call, each with arguments of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from pydantic import model_validator

from foundation.contracts.tools.arguments import ToolArguments
from foundation.domain.words.quoting import quoted


@dataclass(frozen=True, slots=True)
class Action:
    """The arguments without which an action is not done, and those that it takes besides."""

    needs: frozenset[str] = frozenset()
    takes: frozenset[str] = frozenset()


def action(*needs: str, takes: tuple[str, ...] = ()) -> Action:
    return Action(frozenset(needs), frozenset(takes))


class ActionArguments(ToolArguments):
    """One action, with the arguments that it takes; those of another action are refused."""

    actions: ClassVar[Mapping[str, Action]] = {}
    of_every_action: ClassVar[frozenset[str]] = frozenset({"action", "timeout_seconds"})

    action: str

    @model_validator(mode="after")
    def _of_its_action(self) -> Self:
        given = {name for name in self.model_fields_set if getattr(self, name) is not None}
        known = self.actions[self.action]
        if foreign := sorted(given - self.of_every_action - known.needs - known.takes):
            taken = ", ".join(sorted(known.needs | known.takes))
            raise ValueError(f"{self.action} takes no {quoted(foreign[0])}; it takes {taken}")
        if missing := sorted(known.needs - given):
            raise ValueError(f"{self.action} needs {quoted(missing[0])}")
        return self
