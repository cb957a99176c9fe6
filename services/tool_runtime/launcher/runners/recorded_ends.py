"""Why an agent stopped, by what its proxy has recorded: words that an agent prints may be anybody's."""

from collections.abc import Sequence
from typing import Any

from foundation.contracts.egress.records import EgressReason, EgressRecord
from foundation.contracts.tool_job import ToolResult
from foundation.contracts.tools.code_agent import CODE_AGENT

_FAILED = "agent_failed"
CODES_OF_RECORDS = {
    EgressReason.TOO_MANY_MODEL_CALLS: "too_many_model_calls",
    EgressReason.BUDGET_EXCEEDED: "budget_exceeded",
}
_WORDS = {
    "too_many_model_calls": "it has made all the calls of models that it may make (`max_model_calls`). It says: ",
    "budget_exceeded": "the gateway refused a call, as a budget is spent. It says: ",
    _FAILED: "",
}


def by_records(result: ToolResult, *, tool: str) -> ToolResult:
    """The result with the code that the records of its requests bear out, where an agent did not finish."""
    if tool != CODE_AGENT.name:
        return result
    document = recorded_end(result.result, result.egress.records)
    return result if document is result.result else result.model_copy(update={"result": document})


def recorded_end(document: Any, records: Sequence[EgressRecord]) -> Any:
    """The same of what a program of an agent has written, which is the document itself where nothing is to be said."""
    error = document.get("error") if isinstance(document, dict) else None
    # Only what says that the agent did not finish: a job that ended otherwise has a reason of its own.
    if not isinstance(error, dict) or error.get("code") not in _WORDS:
        return document
    known = [CODES_OF_RECORDS[record.reason] for record in records if record.reason in CODES_OF_RECORDS]
    code = known[-1] if known else _FAILED
    return {**document, "error": {**error, "code": code, "detail": f"{_WORDS[code]}{error.get('detail', '')}"}}
