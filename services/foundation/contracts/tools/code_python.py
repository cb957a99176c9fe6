"""`code.python`: the caller's Python."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from foundation.contracts.tools.arguments import ProgramArguments, StorableText
from foundation.contracts.tools.contract import ToolContract
from foundation.domain.tools import ToolEffect

MAX_CODE = 256 * 1024


class CodePythonArguments(ProgramArguments):
    """`code` has `MAX_CODE` characters at most."""

    code: StorableText = Field(min_length=1, max_length=MAX_CODE, description="the program, run as it is written")


def _effect(_: Mapping[str, Any], reaches: bool) -> ToolEffect:  # noqa: FBT001 - as every judge of effects
    """Nobody can tell what a program does out there, so it is repeated only where nothing is to be reached."""
    return ToolEffect.ONCE if reaches else ToolEffect.PURE


CODE_PYTHON = ToolContract(
    name="code.python",
    effect=ToolEffect.PURE,
    description=(
        "Runs Python 3 in a sandbox; numpy, pandas and matplotlib are there. Of the network it reaches the hosts that "
        "the task's egress names, over HTTP and HTTPS by way of the proxy in its environment. Staged files lie in "
        "/work/in, `inputs` as /work/in/inputs.json; files written to /work/out become artifacts, and "
        "/work/out/result.json becomes the result."
    ),
    arguments=CodePythonArguments,
    judge=_effect,
)
