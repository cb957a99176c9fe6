"""The document of a call of a tool: what is recorded of it, and what of that its step gives as its output."""

from typing import Any

from foundation.contracts.tool_job import JobReason, JobStatus, ToolResult
from foundation.contracts.tools.calls.told_failures import ToldFailure


def document_of(
    result: ToolResult,
    *,
    files: list[dict[str, Any]],
    workspace: dict[str, Any] | None = None,
    told: ToldFailure | None = None,
) -> dict[str, Any]:
    """The document of a call, as it is recorded; `files` and `workspace` are `{artifact, name, size, sha256}`.

    Where the tool's own program says why it has failed, `reason` and `detail` are what it says.
    """
    kept = {} if workspace is None else {"workspace": workspace}
    reason = result.reason.value if result.reason else None
    return {
        **kept,
        "status": result.status.value,
        "reason": reason if told is None else told.code,
        "detail": result.detail if told is None else told.detail,
        "result": result.result,
        "result_error": result.result_error,
        "stdout": result.stdout,
        "stderr": result.stderr,
        "cut": {
            name: cut.model_dump()
            for name, cut in (("stdout", result.stdout_cut), ("stderr", result.stderr_cut))
            if cut is not None
        },
        "replaced": {
            name: count
            for name, count in (("stdout", result.stdout_replaced), ("stderr", result.stderr_replaced))
            if count
        },
        "files": files,
        "skipped": [skipped.model_dump() for skipped in result.skipped],
        "usage": result.usage.model_dump(),
    }


def output_of(document: dict[str, Any], *, whole: bool) -> dict[str, Any]:
    """The part of a call's document that a step has as its output; with `whole` false, how the call ended as well."""
    shown = ("result", "result_error", "stdout", "stderr", "cut", "replaced", "files", "skipped")
    ending = () if whole else ("status", "reason", "detail")
    kept = ("workspace",) if "workspace" in document else ()
    return {name: document.get(name) for name in (*ending, *shown, *kept)}


def job_reason(document: dict[str, Any]) -> str | None:
    """The reason of the job itself: a program that says why it has failed has ended with a code."""
    reason = document["reason"]
    return reason if reason is None or reason in set(JobReason) else JobReason.EXIT_CODE.value


def succeeded(document: dict[str, Any]) -> bool:
    return bool(document["status"] == JobStatus.SUCCEEDED.value)
