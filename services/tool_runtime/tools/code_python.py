"""`code.python`: runs the caller's Python, with numpy, pandas and matplotlib, and nothing else to reach."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from foundation.domain.tools import CODE_PYTHON, ToolSpec
from tool_runtime.sandbox.bwrap import FONTS, INTERPRETER
from tool_runtime.tools.base import BASE_ENVIRONMENT, Invocation

MAX_CODE = 256 * 1024

# One thread each: a job has one processor, and every thread counts against its processes and its memory.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1")


class Arguments(BaseModel):
    """Arguments of `code.python`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str = Field(min_length=1, max_length=MAX_CODE, description="Runs as /work/main.py in /work.")
    timeout_seconds: int | None = Field(default=None, ge=1, le=3600, description="Tightens the job's own limit.")


@dataclass(frozen=True, slots=True)
class CodePython:
    """Reaches nothing outside, so it may run again."""

    spec: ToolSpec = CODE_PYTHON

    def invocation(self, arguments: Mapping[str, Any]) -> Invocation:
        given = Arguments.model_validate(arguments)
        return Invocation(
            argv=(INTERPRETER, "-s", "-B", "-u", "/work/main.py"),
            env={
                **BASE_ENVIRONMENT,
                **ONE_THREAD,
                "PYTHONPATH": "/opt/site",
                "MPLBACKEND": "Agg",
                "MPLCONFIGDIR": FONTS,
            },
            files=(("main.py", given.code.encode("utf-8", "replace")),),
            wall_seconds=given.timeout_seconds,
        )
