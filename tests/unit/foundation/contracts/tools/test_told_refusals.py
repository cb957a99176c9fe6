"""Which ends of a call of a tool the audit tells: all that are refusals or limits of the platform."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from foundation.contracts.tool_job import JobReason, JobStatus, ToolResult
from foundation.contracts.tools.calls.told_refusals import UNAUDITED, told_refusal_of
from foundation.contracts.tools.catalogue import TOOLS
from foundation.contracts.tools.code_python import WHEEL_REFUSED
from foundation.contracts.tools.mcp.calling import MCP_CALL
from foundation.domain.ids import JobId

OF_TOOLS = {(name, code) for name, tool in TOOLS.items() for code in tool.failures} | {
    ("mcp.shop.find", code) for code in MCP_CALL.failures
}


def a_result(code: str, reason: JobReason = JobReason.EXIT_CODE) -> ToolResult:
    error = {"code": code, "detail": "so it was"}
    ended = datetime.now(UTC)
    status = JobStatus.FAILED
    return ToolResult(job_id=JobId(UUID(int=1)), status=status, reason=reason, result={"error": error}, ended_at=ended)


@pytest.mark.parametrize(
    ("tool", "code"),
    [
        ("mcp.list", "too_much"),
        ("mcp.list", "timed_out"),
        ("mcp.list", "package_invalid"),
        ("mcp.list", "garbage"),
        ("mcp.shop.find", "tools_changed"),
        ("mcp.shop.find", "too_much"),
        ("code.python", WHEEL_REFUSED),
        ("http", "redirect_refused"),
        ("api.shop.get_pet", "timed_out"),
        ("browser", "refused_url"),
        ("browser", "too_large"),
        ("git", "outside"),
        ("files", "link_loop"),
        ("code_agent", "out_of_time"),
        ("search", "out_of_memory"),
    ],
)
def test_a_refusal_and_a_limit_are_told(tool: str, code: str) -> None:
    told = told_refusal_of(tool, a_result(code))
    assert told is not None
    assert (told.code, told.detail) == (code, f"{tool} says: so it was")


@pytest.mark.parametrize(("tool", "code"), sorted(OF_TOOLS))
def test_of_all_codes_those_are_not_told_that_are_nobodys_misbehaviour(tool: str, code: str) -> None:
    assert (told_refusal_of(tool, a_result(code)) is None) == (code in UNAUDITED)


def test_no_code_is_on_the_list_that_no_tool_has() -> None:
    assert {code for _, code in OF_TOOLS} >= UNAUDITED


@pytest.mark.parametrize(("tool", "code"), [("code.python", "too_much"), ("code.node", WHEEL_REFUSED), ("http", "own")])
def test_a_code_that_the_tool_does_not_have_is_not_told(tool: str, code: str) -> None:
    assert told_refusal_of(tool, a_result(code)) is None


def test_what_ended_the_job_itself_is_told_for_it() -> None:
    assert told_refusal_of("http", a_result("timed_out", JobReason.MEMORY)) is None
