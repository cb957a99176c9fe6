"""`code.python`: runs the caller's Python as written, with numpy, pandas and matplotlib, and nothing else to reach."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from foundation.contracts.tools.code_python import CODE_PYTHON, CodePythonArguments
from foundation.contracts.tools.contract import ToolContract
from tool_runtime.sandbox.bwrap import FONTS, INTERPRETER
from tool_runtime.tools.base import BASE_ENVIRONMENT, NO_REPEATS, Invocation, Repeats

# One thread each: a job has one processor, and every thread counts against its processes and its memory.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1")


@dataclass(frozen=True, slots=True)
class CodePython:
    """Reaches nothing outside, so it may run again."""

    spec: ToolContract = CODE_PYTHON

    def invocation(self, arguments: Mapping[str, Any], *, repeats: Repeats = NO_REPEATS) -> Invocation:  # noqa: ARG002
        given = CodePythonArguments.model_validate(arguments)
        inputs = json.dumps(given.inputs, ensure_ascii=False).encode()
        return Invocation(
            argv=(INTERPRETER, "-s", "-B", "-u", "/work/main.py"),
            env={
                **BASE_ENVIRONMENT,
                **ONE_THREAD,
                "PYTHONPATH": "/opt/site",
                "MPLBACKEND": "Agg",
                "MPLCONFIGDIR": FONTS,
            },
            files=(("main.py", given.code.encode()), *((f"in/{name}", inputs) for name in given.input_files())),
            wall_seconds=given.timeout_seconds,
        )
