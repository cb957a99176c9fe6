"""The form of the filter's instructions: only a comparison jumps, and the last one allows."""

import pytest

from tool_runtime.sandbox.filter.assembly import ALLOW, ARCHITECTURES, JEQ, JGE, JSET, RET
from tool_runtime.sandbox.filter.bpf import instructions


@pytest.mark.parametrize("machine", ARCHITECTURES)
@pytest.mark.parametrize("shared_memory", [True, False])
def test_what_compares_nothing_jumps_nowhere(machine: str, *, shared_memory: bool) -> None:
    program = instructions(ARCHITECTURES[machine], shared_memory=shared_memory)
    jumps = {(yes, no) for code, yes, no, _ in program if code not in {JEQ, JGE, JSET}}
    assert jumps == {(0, 0)}
    assert program[-1] == (RET, 0, 0, ALLOW)
