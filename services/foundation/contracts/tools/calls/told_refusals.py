"""Ends of calls of our tools that are a refusal or a limit of the platform, as the audit tells them."""

from foundation.contracts.tool_job import ToolResult
from foundation.contracts.tools.calls.told_failures import ToldFailure, told_failure
from foundation.contracts.tools.catalogue import failures_of

UNAUDITED = frozenset(
    {
        # A fault of ours, of the machine, or of who serves what was asked for.
        *("internal", "not_possible", "no_browser", "agent_not_installed", "interrupted", "connection_failed"),
        *("certificate", "no_provider", "provider_busy", "provider_failed", "provider_refused", "provider_answer"),
        # What was asked for is not there, or is not as the call took it to be.
        *("not_found", "ambiguous", "bad_selector", "bad_pattern", "bad_session", "is_folder", "no_folder", "no_text"),
        *(
            "no_documents",
            "name_taken",
            "no_workspace",
            "no_session",
            "no_download",
            "download_failed",
            "patch_refused",
        ),
        *("unreadable", "no_such_revision", "no_repository", "no_branch", "folder_exists", "nothing_changed"),
        *("package_missing", "script_missing", "input_required", "bad_repository"),
        # What others say: a server, a page, a remote repository, an agent.
        *(
            "odd_page",
            "tool_error",
            "refused",
            "not_started",
            "server_ended",
            "page_crashed",
            "page_closed",
            "git_failed",
        ),
        *("not_authorized", "rejected", "agent_failed"),
        # Told by rows of their own: of the proxy, and of the ledger.
        *("egress_denied", "too_many_model_calls", "budget_exceeded"),
    }
)
"""The codes of a failed call that are nobody's misbehaviour, or have their row; every other code gets one."""


def told_refusal_of(tool: str, result: ToolResult) -> ToldFailure | None:
    """What the audit tells of how the call ended; None where it tells nothing of it.

    The words are those of the tool's program, or of what a program of the caller's has put in their place.
    """
    told = told_failure(tool, result)
    return told if told is not None and told.code in failures_of(tool) - UNAUDITED else None
