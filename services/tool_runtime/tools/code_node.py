"""`code.node`: runs the caller's JavaScript as written, as an ES module or as CommonJS, whichever it is."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from foundation.contracts.tools.calls.profile_limits import PROFILE_LIMITS
from foundation.contracts.tools.code_node import CODE_NODE, CodeNodeArguments
from foundation.contracts.tools.contract import ToolContract
from foundation.domain.tools import SandboxProfile
from tool_runtime.sandbox.profiles import NODE, OURS
from tool_runtime.tools.base import BASE_ENVIRONMENT, NO_REPEATS, Invocation, Repeats

# V8's own heap ends before the kernel refuses it memory, so that a program that fills it is told so in V8's words.
# Beside the heap V8 maps 650 MiB that count to the data limit though little is used, and it needs room to find out.
_HEAP_MB = PROFILE_LIMITS[SandboxProfile.NODE].memory_mb * 7 // 16
_OPTIONS = (
    f"--max-old-space-size={_HEAP_MB}",
    # One file stands for both kinds of modules; that it was read twice to find out which is nobody's concern.
    "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON",
    *("--require", f"{OURS}/tool_runtime/tools/programs/plain_http.cjs"),
)


@dataclass(frozen=True, slots=True)
class CodeNode:
    """Reaches nothing outside, so it may run again."""

    spec: ToolContract = CODE_NODE

    def invocation(self, arguments: Mapping[str, Any], *, repeats: Repeats = NO_REPEATS) -> Invocation:  # noqa: ARG002
        given = CodeNodeArguments.model_validate(arguments)
        inputs = json.dumps(given.inputs, ensure_ascii=False).encode()
        return Invocation(
            argv=(NODE, *_OPTIONS, "/work/main.js"),
            env={
                **BASE_ENVIRONMENT,
                # The machine's certificates, as Python's programs have them, beside Node's own.
                "NODE_EXTRA_CA_CERTS": "/etc/ssl/certs/ca-certificates.crt",
            },
            files=(("main.js", given.code.encode()), *((f"in/{name}", inputs) for name in given.input_files())),
            wall_seconds=given.timeout_seconds,
        )
