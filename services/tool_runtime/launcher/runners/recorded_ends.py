"""Why an agent stopped, by what its proxy has recorded: words that an agent prints may be anybody's."""

from typing import Any

from foundation.contracts.egress.records import EgressReason
from foundation.contracts.tool_job import ToolResult
from foundation.contracts.tools.code_agent import CODE_AGENT

_FAILED = "agent_failed"
_OF_RECORDS = {
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
    document = result.result
    error = document.get("error") if tool == CODE_AGENT.name and isinstance(document, dict) else None
    if not isinstance(error, dict) or error.get("code") not in _WORDS:
        return result
    known = [_OF_RECORDS[record.reason] for record in result.egress.records if record.reason in _OF_RECORDS]
    code = known[-1] if known else _FAILED
    if code == error["code"]:
        return result
    return result.model_copy(update={"result": {**document, "error": _told(error, code)}})


def _told(error: dict[str, Any], code: str) -> dict[str, Any]:
    said = str(error.get("detail", "")).removeprefix(_WORDS[error["code"]])
    return {**error, "code": code, "detail": f"{_WORDS[code]}{said}"}
