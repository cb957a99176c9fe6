"""`files`: one action on the files below `/work`, done inside the sandbox by a program of ours."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from foundation.contracts.tools.contract import ToolContract
from foundation.contracts.tools.files import FILES, FilesArguments
from tool_runtime.tools.base import BASE_ENVIRONMENT, NO_REPEATS, Invocation, Repeats, our_program
from tool_runtime.tools.programs.clock import SECONDS


@dataclass(frozen=True, slots=True)
class FilesTool:
    """Where a path leads is found out in there."""

    spec: ToolContract = FILES

    def invocation(self, arguments: Mapping[str, Any], *, repeats: Repeats = NO_REPEATS) -> Invocation:  # noqa: ARG002
        given = FilesArguments.model_validate(arguments)
        return Invocation(
            argv=our_program("files_actions"),
            env=BASE_ENVIRONMENT,
            files=(("in/files.json", json.dumps(given.for_the_program()).encode()),),
            wall_seconds=given.timeout_seconds,
            seconds_in=SECONDS,
        )
