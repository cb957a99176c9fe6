"""Why a call of one of our tools has failed, in the words of its program.

Its program ends with the code 1 and a result that has an `error`. The reason of such a job is `exit_code`, which says
nothing; what is told of the call is the code and the detail of that error.
"""

import re
from dataclasses import dataclass

from foundation.contracts.accepted.shown_text import CONTROLS, DIRECTION_MARKS
from foundation.contracts.tool_job import JobReason, ToolResult
from foundation.domain.failures import FailureCode

MAX_DETAIL = 2_000
_CODE = re.compile(r"[a-z][a-z0-9_]{0,63}")
_UNSHOWN = re.compile(f"[{CONTROLS}{DIRECTION_MARKS}]+")
_TAKEN = frozenset({*JobReason, *FailureCode} - {FailureCode.INTERNAL})
"""What the platform says of a job or a step itself; no program can say it in its place."""


@dataclass(frozen=True, slots=True)
class ToldFailure:
    """The code, and the detail on one line: whose words they are, and the words, which say where in the call it was."""

    code: str
    detail: str


def told_failure(tool: str, result: ToolResult) -> ToldFailure | None:
    """What the program of the tool says about why it has failed; None where it does not, or another thing ended it.

    What a program of somebody else's may have written there in its place is bounded, and shown as what it is.
    """
    error = result.result.get("error") if isinstance(result.result, dict) else None
    if result.reason is not JobReason.EXIT_CODE or not isinstance(error, dict):
        return None
    code, detail = error.get("code"), error.get("detail")
    if not isinstance(code, str) or not _CODE.fullmatch(code) or code in _TAKEN or not isinstance(detail, str):
        return None
    words = _UNSHOWN.sub(" ", detail).strip()
    shown = words if len(words) <= MAX_DETAIL else f"{words[:MAX_DETAIL]} […]"
    return ToldFailure(code, f"{tool} says: {shown}")
