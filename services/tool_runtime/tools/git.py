"""`git`: one action on one repository, done inside the sandbox by a program of ours around the system's git."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from foundation.contracts.tools.contract import ToolContract
from foundation.contracts.tools.git import GIT, GitArguments
from tool_runtime.tools.base import BASE_ENVIRONMENT, NO_REPEATS, Invocation, Repeats, our_program
from tool_runtime.tools.programs.clock import SECONDS
from tool_runtime.tools.programs.git.commands import ENVIRONMENT


@dataclass(frozen=True, slots=True)
class GitTool:
    """What a repository does to whoever works with it, it does in there."""

    spec: ToolContract = GIT

    def invocation(self, arguments: Mapping[str, Any], *, repeats: Repeats = NO_REPEATS) -> Invocation:  # noqa: ARG002
        given = GitArguments.model_validate(arguments)
        return Invocation(
            argv=our_program("git.actions"),
            env={**BASE_ENVIRONMENT, **ENVIRONMENT},
            files=(("in/git.json", json.dumps(given.model_dump(mode="json")).encode()),),
            wall_seconds=given.timeout_seconds,
            seconds_in=SECONDS,
        )
