"""`code.node`: the caller's JavaScript."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from foundation.contracts.tools.arguments import ProgramArguments, StorableText
from foundation.contracts.tools.contract import ToolContract
from foundation.domain.tools import CostClass, SandboxProfile, ToolEffect

MAX_SCRIPT = 256 * 1024


class CodeNodeArguments(ProgramArguments):
    """`code` has `MAX_SCRIPT` characters at most."""

    code: StorableText = Field(min_length=1, max_length=MAX_SCRIPT, description="the program, run as it is written")


def _effect(_: Mapping[str, Any], reaches: bool) -> ToolEffect:  # noqa: FBT001 - as every judge of effects
    """Nobody can tell what a program does out there, so it is repeated only where nothing is to be reached."""
    return ToolEffect.ONCE if reaches else ToolEffect.PURE


CODE_NODE = ToolContract(
    name="code.node",
    effect=ToolEffect.PURE,
    cost=CostClass.COMPUTE,
    profile=SandboxProfile.NODE,
    description=(
        "Runs JavaScript with Node 24 in a sandbox, as an ES module (import, await) or as CommonJS (require); "
        "cheerio, csv-parse, csv-stringify, date-fns, exceljs, lodash, marked and yaml are there. Of the network it "
        "reaches hosts that the task's egress names, by fetch or node:https. Staged files are in /work/in, `inputs` "
        "is /work/in/inputs.json; files written to /work/out become artifacts, and /work/out/result.json becomes the "
        "result."
    ),
    arguments=CodeNodeArguments,
    judge=_effect,
    tells_after=1,
)
