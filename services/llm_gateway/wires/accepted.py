"""Checks that a body is JSON which every reader understands alike, before the gateway and a provider both read it.

Every call passes here, so that the fast decoder looks first; the shared check says what is wrong, and where.
"""

import json
import math
import re
from typing import Any

from foundation.contracts.accepted.accepted_json import JsonLimits, NotAccepted, depth_of, parse_json
from foundation.domain.errors import BadRequest, Fault

_MOST_LEVELS = 200
"""How deep lists and objects may be nested; a call may be deeper than what the platform stores."""
_LIMITS = JsonLimits(max_bytes=256 * 1024 * 1024, max_depth=_MOST_LEVELS)
"""The size is the endpoint's to refuse."""
_NO_TEXT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
"""Matches escaped U+0000 and surrogates; whether surrogates make pairs is left to the shared reader."""
_INT8_DIGITS = 19
"""Fewer digits are within 64 bits for certain; longer ones are left to the shared reader, which knows the limit."""
_MOST_VALUES = 2_000_000
"""Values that a body may have at most: each takes many times its bytes in memory."""


class _Suspicious(ValueError):
    """The fast decoder met something that the shared reader has to judge."""


def check_body(raw: bytes) -> None:
    """`BadRequest` with the place of what is no JSON, or says two things."""
    if raw.count(b",") + raw.count(b"{") + raw.count(b"[") > _MOST_VALUES:
        raise BadRequest(f"the body has more than {_MOST_VALUES} values; send fewer at a time")
    try:
        if _NO_TEXT.search(raw) is None:
            value = _decoder.decode(raw.decode())
            # Only what opens that often can be that deep.
            if raw.count(b"[") + raw.count(b"{") <= _LIMITS.max_depth or depth_of(value) <= _LIMITS.max_depth:
                return
    except (ValueError, RecursionError):
        pass
    try:
        parse_json(raw, limits=_LIMITS)
    except NotAccepted as error:
        raise BadRequest(f"the body: {error}", faults=(Fault(error.pointer, error.reason),)) from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _Suspicious
    return members


def _float(written: str) -> None:
    """Only looks at it, as `_integer` does: of what is decoded here the depth alone is used."""
    if not math.isfinite(float(written)):
        raise _Suspicious


def _integer(written: str) -> None:
    if len(written) >= _INT8_DIGITS:
        raise _Suspicious


def _constant(written: str) -> Any:
    raise _Suspicious(written)


_decoder = json.JSONDecoder(object_pairs_hook=_object, parse_float=_float, parse_int=_integer, parse_constant=_constant)
