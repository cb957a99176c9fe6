"""The codes that a tool says it may fail with are those that its program gives, no more and no fewer."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from architecture.sources import tree_of
from foundation.contracts.steps.tool import ToolStep
from foundation.contracts.tool_job import JobReason
from foundation.contracts.tools.catalogue import TOOLS, failures_of
from foundation.contracts.tools.contract import COMMON_FAILURES
from foundation.contracts.tools.mcp.calling import MCP_CALL
from foundation.domain.retry import RetryCause
from tool_runtime.launcher.runners.recorded_ends import CODES_OF_RECORDS
from tool_runtime.tools.programs import endings
from tool_runtime.tools.programs.browser import failures as of_browsers
from tool_runtime.tools.programs.git import commands as of_git

PROGRAMS = Path(endings.__file__).parent
_SAY = {"ActionFailed", "RequestFailed", "BrowserStepFailed", "McpFailed", "fail"}
_FROM_TABLES = {
    "git/commands.py": {code for _, code in of_git._CODES},
    "browser/failures.py": {code for code, _ in of_browsers._CODES.values()},
}
_OF_ALL = ("endings.py", "results.py")
_PLACES = ("places.py",)
_GIT = ("git/", *_PLACES)
_HTTP = ("http/",)
PARTS = {
    "browser": ("browser/",),
    "files": ("files_actions.py", *_PLACES),
    "git": _GIT,
    "http": _HTTP,
    "mcp.list": ("mcp_client/",),
    "search": ("search/", *_HTTP, *_PLACES),
}
CONTRACTS = {**TOOLS, MCP_CALL.name: MCP_CALL}


def codes_in(part: str) -> set[str]:
    files = sorted((PROGRAMS / part).rglob("*.py")) if part.endswith("/") else [PROGRAMS / part]
    found = set[str]()
    for file in files:
        found |= set(_said(tree_of(file))) | _FROM_TABLES.get(str(file.relative_to(PROGRAMS)), set())
    return found


def _said(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in _SAY:
                yield from _texts(node.args[0])
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "code":
                    yield from _texts(value)
        elif isinstance(node, ast.Assign) and [getattr(one, "id", "") for one in node.targets] == ["code"]:
            yield from _texts(node.value)


def _texts(node: ast.expr) -> Iterator[str]:
    """A text, or those of which one is chosen."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*_texts(node.body), *_texts(node.orelse))


@pytest.mark.parametrize("tool", PARTS)
def test_a_tool_names_what_its_program_says(tool: str) -> None:
    said = set[str]().union(*map(codes_in, PARTS[tool]))
    named = CONTRACTS[tool].own_failures
    if tool == "mcp.list":
        named = MCP_CALL.own_failures  # one program does both
    assert said - COMMON_FAILURES == named - COMMON_FAILURES


def test_what_clones_before_it_works_fails_as_a_clone_does() -> None:
    own = codes_in("code_agent/main.py") - COMMON_FAILURES
    own |= set(CODES_OF_RECORDS.values())
    assert own <= TOOLS["code_agent"].failures
    assert TOOLS["code_agent"].own_failures - own <= TOOLS["git"].own_failures


def test_the_codes_of_all_programs_are_those_of_how_they_end() -> None:
    said = set[str]().union(*map(codes_in, _OF_ALL)) | {"internal", "out_of_memory", "result_too_large"}
    assert said == COMMON_FAILURES


@pytest.mark.parametrize("tool", sorted(CONTRACTS))
def test_no_code_is_taken_for_what_ended_the_job(tool: str) -> None:
    assert CONTRACTS[tool].failures.isdisjoint({*JobReason, *RetryCause})


@pytest.mark.parametrize(
    ("tool", "code"),
    [
        *((name, code) for name in sorted(TOOLS) for code in sorted(TOOLS[name].failures)),
        *(("api.shop.get_pet", code) for code in sorted(TOOLS["http"].failures)),
        *(("mcp.shop.find", code) for code in sorted(MCP_CALL.failures)),
    ],
)
def test_a_step_may_be_tried_again_after_each_code_of_its_tool(tool: str, code: str) -> None:
    step = ToolStep.model_validate({"name": "a", "kind": "tool", "tool": tool, "retry": {"on": ["transient", code]}})
    assert not [fault for fault in step.faults(("steps", 0)) if "retry" in fault.pointer]


@pytest.mark.parametrize("tool", [*sorted(TOOLS), "api.shop.get_pet", "mcp.shop.find"])
@pytest.mark.parametrize("code", ["no_such_code", "model_answer_invalid", "egress_denied"])
def test_another_code_is_a_fault_that_names_those_of_the_tool(tool: str, code: str) -> None:
    step = ToolStep.model_validate({"name": "a", "kind": "tool", "tool": tool, "retry": {"on": ["transient", code]}})
    faults = [fault for fault in step.faults(("steps", 0)) if "retry" in fault.pointer]
    if code in failures_of(tool):
        assert faults == []
        return
    [fault] = faults
    assert fault.pointer == "/steps/0/retry/on/1"
    assert repr(code) in fault.detail
    assert all(name in fault.detail for name in {*failures_of(tool), "transient", "exit_code"})
