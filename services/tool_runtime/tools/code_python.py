"""`code.python`: runs the caller's Python as written, with numpy, pandas and matplotlib, and nothing else to reach."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from foundation.contracts.tools.arguments import INPUTS_NAME
from foundation.contracts.tools.code_python import CODE_PYTHON, WHEELS_NAME, CodePythonArguments
from foundation.contracts.tools.contract import ToolContract
from tool_runtime.sandbox.profiles import FONTS, SYSTEM_PYTHON
from tool_runtime.tools.base import BASE_ENVIRONMENT, NO_REPEATS, Invocation, Repeats, our_program

WHEELS, SITE = "/tmp/wheels", "/opt/site"  # noqa: S108  (inside the sandbox)

# One thread each: a job has one processor, and every thread counts against its processes and its memory.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1")


@dataclass(frozen=True, slots=True)
class CodePython:
    """Reaches nothing outside, so it may run again."""

    spec: ToolContract = CODE_PYTHON

    def invocation(self, arguments: Mapping[str, Any], *, repeats: Repeats = NO_REPEATS) -> Invocation:  # noqa: ARG002
        given = CodePythonArguments.model_validate(arguments)
        inputs = json.dumps(given.inputs, ensure_ascii=False).encode()
        values = ((f"in/{INPUTS_NAME}", inputs),) if "inputs" in given.model_fields_set else ()
        wheels = ((f"in/{WHEELS_NAME}", json.dumps(given.wheels).encode()),) if given.wheels else ()
        return Invocation(
            argv=our_program("with_wheels") if wheels else (SYSTEM_PYTHON, "-s", "-B", "-u", "/work/main.py"),
            env={
                **BASE_ENVIRONMENT,
                **ONE_THREAD,
                "PYTHONPATH": f"{WHEELS}:{SITE}" if wheels else SITE,
                "MPLBACKEND": "Agg",
                "MPLCONFIGDIR": FONTS,
            },
            files=(("main.py", given.code.encode()), *values, *wheels),
            wall_seconds=given.timeout_seconds,
        )
