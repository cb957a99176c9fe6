"""`code.python`: the caller's Python."""

from pydantic import Field

from foundation.contracts.tools.arguments import ProgramArguments, StorableText
from foundation.contracts.tools.contract import ToolContract
from foundation.domain.tools import ToolEffect

MAX_CODE = 256 * 1024


class CodePythonArguments(ProgramArguments):
    """`code` has `MAX_CODE` characters at most."""

    code: StorableText = Field(min_length=1, max_length=MAX_CODE, description="the program, run as it is written")


CODE_PYTHON = ToolContract(
    name="code.python",
    effect=ToolEffect.PURE,
    description=(
        "Runs Python 3 in a sandbox without network; numpy, pandas and matplotlib are there. Staged files lie in "
        "/work/in, `inputs` as /work/in/inputs.json; files written to /work/out become artifacts, and "
        "/work/out/result.json becomes the result."
    ),
    arguments=CodePythonArguments,
)
