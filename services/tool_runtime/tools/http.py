"""`http`: one request, made inside the sandbox by a program of ours, through the proxy like any other."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from foundation.contracts.tools.contract import ToolContract
from foundation.contracts.tools.http import HTTP, HttpArguments
from tool_runtime.tools.base import BASE_ENVIRONMENT, NO_REPEATS, Invocation, Repeats, our_program
from tool_runtime.tools.programs.clock import SECONDS


@dataclass(frozen=True, slots=True)
class HttpTool:
    """What the answer of a server does to whoever reads it, it does in there."""

    spec: ToolContract = HTTP

    def invocation(self, arguments: Mapping[str, Any], *, repeats: Repeats = NO_REPEATS) -> Invocation:
        given = HttpArguments.model_validate(arguments)
        request = given.model_dump(mode="json", by_alias=True, exclude={"json_"})
        if "json_" in given.model_fields_set:
            request["json"] = given.json_
        request |= {"may_repeat": repeats.allowed, "key": repeats.key}
        return Invocation(
            argv=our_program("http.main"),
            env=BASE_ENVIRONMENT,
            files=(("in/request.json", json.dumps(request).encode()),),
            wall_seconds=given.timeout_seconds,
            seconds_in=SECONDS,
        )
