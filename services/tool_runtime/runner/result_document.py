"""Reads the job's `result.json` as a document that may be stored, or says why it is none."""

from collections.abc import Iterable, Mapping
from typing import Any

from foundation.contracts.accepted.accepted_json import JsonLimits, NotAccepted, parse_json
from foundation.contracts.tool_job import RESULT_BYTES

RESULT_NAME = "result.json"
MAX_LEVELS = 60
"""It is stored within the step's output, which has a depth of its own."""
_LIMITS = JsonLimits(max_bytes=RESULT_BYTES, max_depth=MAX_LEVELS)


def read_result(files: Mapping[str, bytes], skipped: Iterable[tuple[str, str]]) -> tuple[Any, str | None]:
    """The document and no error, or None and the error, or neither where the job wrote none.

    `files` are those that came out, `skipped` those that did not, with the reason.
    """
    content = files.get(RESULT_NAME)
    if content is None:
        why = next((reason for name, reason in skipped if name == RESULT_NAME), None)
        return None, why and f"{RESULT_NAME} cannot be read: {why}"
    try:
        return parse_json(content, limits=_LIMITS), None
    except NotAccepted as error:
        return None, f"{RESULT_NAME}: {error}"[:500]
