"""`browser`: steps in a browser, made inside the sandbox by a program of ours with Playwright."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from foundation.contracts.tools.browser import BROWSER, BrowserArguments
from foundation.contracts.tools.contract import ToolContract
from tool_runtime.sandbox.profiles import BROWSER_SITE
from tool_runtime.tools.base import BASE_ENVIRONMENT, NO_REPEATS, Invocation, Repeats, our_program


@dataclass(frozen=True, slots=True)
class BrowserTool:
    """What a page does to whoever looks at it, it does in there."""

    spec: ToolContract = BROWSER

    def invocation(self, arguments: Mapping[str, Any], *, repeats: Repeats = NO_REPEATS) -> Invocation:  # noqa: ARG002
        given = BrowserArguments.model_validate(arguments)
        steps = [step.model_dump(mode="json", exclude_none=True) | {"file": step.file} for step in given.steps]
        told = {"steps": steps, "seconds": given.timeout_seconds, "session": given.session}
        return Invocation(
            argv=our_program("browser.main", packages=BROWSER_SITE),
            env={**BASE_ENVIRONMENT, "FONTCONFIG_FILE": "/etc/fonts.conf"},
            files=(("in/browser.json", json.dumps(told).encode()),),
            wall_seconds=given.timeout_seconds,
        )
