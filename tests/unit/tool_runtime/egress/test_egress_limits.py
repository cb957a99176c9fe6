"""How much a job may take of its proxy, by the kind of its sandbox."""

from foundation.domain.tools import SandboxProfile
from tool_runtime.egress.limits import EgressLimits, limits_of


def test_a_browser_may_open_more_connections_than_a_program_and_move_no_more() -> None:
    program, browser = limits_of(SandboxProfile.PYTHON), limits_of(SandboxProfile.BROWSER)
    assert program == limits_of(SandboxProfile.NODE) == EgressLimits()
    assert (program.connections, program.connections_in_all) == (32, 2000)
    assert (browser.connections, browser.connections_in_all) == (256, 10_000)
    assert (browser.requests, browser.bytes) == (program.requests, program.bytes)
