"""`code.python`: the caller's Python."""

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from foundation.contracts.accepted.file_names import FileName
from foundation.contracts.tools.arguments import ProgramArguments, StorableText
from foundation.contracts.tools.contract import ToolContract
from foundation.domain.tools import CostClass, SandboxProfile, ToolEffect

MAX_CODE = 256 * 1024
MAX_WHEELS = 20
WHEELS_NAME = "wheels.json"
"""The file below `/work/in` by which the wheels are told."""
WHEEL_REFUSED = "wheel_refused"
"""The code of a call one of whose wheels could not be laid out, so that no program of the caller's began."""

_WHEEL = re.compile(r"[A-Za-z0-9._]+-[A-Za-z0-9._!+]+(-[0-9][A-Za-z0-9._]*)?(-[A-Za-z0-9._]+){3}\.whl")


def _wheel(name: str) -> str:
    if not _WHEEL.fullmatch(name):
        raise ValueError("a wheel is a file that is staged, named like package-1.0-py3-none-any.whl")
    return name


class CodePythonArguments(ProgramArguments):
    """`code` has `MAX_CODE` characters at most."""

    code: StorableText = Field(min_length=1, max_length=MAX_CODE, description="the program, run as it is written")
    wheels: list[Annotated[FileName, AfterValidator(_wheel)]] = Field(
        default=[], max_length=MAX_WHEELS, description="staged files that the program can import, in this order"
    )

    @classmethod
    def names_taken(cls, given: Container[str]) -> Iterator[str]:
        yield from super().names_taken(given)
        if "wheels" in given:
            yield WHEELS_NAME

    def files_needed(self) -> Sequence[str]:
        return self.wheels


def _effect(_: Mapping[str, Any], reaches: bool) -> ToolEffect:  # noqa: FBT001 - as every judge of effects
    """Nobody can tell what a program does out there, so it is repeated only where nothing is to be reached."""
    return ToolEffect.ONCE if reaches else ToolEffect.PURE


CODE_PYTHON = ToolContract(
    name="code.python",
    effect=ToolEffect.PURE,
    cost=CostClass.COMPUTE,
    profile=SandboxProfile.PYTHON,
    description=(
        "Runs Python 3 in a sandbox; matplotlib (Chinese labels, too), numpy, openpyxl, pandas, pillow and pyarrow "
        "are there. Of the network it reaches hosts that the task's egress names, over HTTP and HTTPS by way of the "
        "proxy in its environment. Staged files lie in /work/in, `inputs` as /work/in/inputs.json; files written to "
        "/work/out become artifacts, and /work/out/result.json becomes the result."
    ),
    arguments=CodePythonArguments,
    judge=_effect,
    tells_after=1,
    own_failures=frozenset({WHEEL_REFUSED}),
)
