"""Reads the job's `result.json` so that every store can hold it, or says why it is not a result."""

import json
import math
from typing import Any

from foundation.contracts.tool_job import RESULT_BYTES
from tool_runtime.sandbox.output import clean_text

RESULT_NAME = "result.json"
MAX_DEPTH = 64


def read_result(content: bytes) -> tuple[Any, str | None]:
    """The document and no error, or None and the error."""
    if len(content) > RESULT_BYTES:
        return None, f"{RESULT_NAME} is larger than {RESULT_BYTES} bytes"
    try:
        document = json.loads(content.decode("utf-8"), parse_constant=_refuse, parse_float=_finite)
        return _clean(document, MAX_DEPTH), None
    except RecursionError:
        return None, f"{RESULT_NAME} is nested too deeply"
    except ValueError as error:
        return None, f"{RESULT_NAME} is not valid JSON: {error}"[:500]


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not a JSON number")


def _finite(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else _refuse(text[:40])


def _clean(value: Any, depth: int) -> Any:
    if depth == 0:
        raise RecursionError
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list):
        return [_clean(item, depth - 1) for item in value]
    if isinstance(value, dict):
        return {clean_text(name): _clean(item, depth - 1) for name, item in value.items()}
    return value
