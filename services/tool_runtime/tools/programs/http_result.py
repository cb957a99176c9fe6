"""What of an answer becomes the result: its value or its text within bounds, and whether the body is kept as a file."""

import gzip
import io
import json
import zlib
from decimal import Decimal
from email.message import Message
from typing import Any

MAX_TEXT = 128 * 1024
"""Bytes of a body that stand in the result itself, as JSON or as text."""
MAX_RESULT = 240 * 1024
MAX_HEADERS = 32 * 1024
MAX_BODY = 32 * 1024 * 1024
MAX_DEPTH = 40
_PIECE = 256 * 1024
WHOLE = 2**63
UNTOLD = "application/octet-stream"
"""What servers say, or leave unsaid, about bytes that they know nothing of."""
_TEXTUAL = ("json", "xml", "javascript", "x-www-form-urlencoded", "yaml", "csv")


class Unfit(ValueError):
    """The text is no JSON that the platform stores as it is."""


def result_of(
    status: int, headers: dict[str, str], content: bytes, *, cut: bool
) -> tuple[dict[str, Any], bytes | None]:
    """The result and the body that is kept beside it, unpacked as the text is; None where the result has all of it."""
    unpacked, cut = _unpacked(headers, content, cut)
    result: dict[str, Any] = {"status": status, "headers": _bounded(headers), "truncated": False}
    kind, charset = _type_of(headers)
    plain = content if unpacked is None else unpacked
    kept = content if cut else plain  # what is unpacked in part only is all there as it came
    if unpacked is None or not _is_text(kind, plain):
        return {**result, "text": None, "truncated": cut}, kept
    text = plain.decode(charset, "replace").replace("\0", "\ufffd")
    if "json" in kind and len(plain) <= MAX_TEXT and not cut:
        try:
            return {**result, "json": _value(text)}, None
        except ValueError as error:
            result["json_error"] = str(error)[:200]
    shown = _shown(text)
    whole = shown == text and not cut
    return {**result, "text": shown, "truncated": not whole}, None if whole else kept


def _unpacked(headers: dict[str, str], content: bytes, cut: bool) -> tuple[bytes | None, bool]:  # noqa: FBT001
    """The body without its coding, None in a coding that is not known.

    A small body may stand for a huge one, and a gzip body is one or more members (RFC 1952), read one after another.
    """
    coding = headers.get("content-encoding", "identity").strip().lower()
    if coding in ("identity", ""):
        return content, cut
    if coding not in ("gzip", "x-gzip"):
        return None, cut
    plain, packed = bytearray(), gzip.GzipFile(fileobj=io.BytesIO(content))
    try:
        while piece := packed.read1(_PIECE):
            plain += piece
            if len(plain) > MAX_BODY:
                return bytes(plain[:MAX_BODY]), True
    except (OSError, EOFError, zlib.error):
        # Its beginning is told as such; where nothing could be read, it is no gzip.
        return (bytes(plain), True) if plain else (None, cut)
    return bytes(plain), cut


def _type_of(headers: dict[str, str]) -> tuple[str, str]:
    message = Message()
    message["Content-Type"] = headers.get("content-type") or UNTOLD
    charset = message.get_content_charset("utf-8")
    try:
        "".encode(charset)
        b"".decode(charset)
    except (LookupError, ValueError):
        charset = "utf-8"
    return message.get_content_type(), charset


def _is_text(kind: str, content: bytes) -> bool:
    """By its type; bytes of which none is told are text where they read as UTF-8."""
    if kind.startswith("text/") or any(word in kind for word in _TEXTUAL):
        return True
    try:
        return kind == UNTOLD and "\0" not in content.decode()
    except UnicodeDecodeError:
        return False


def _shown(text: str) -> str:
    """The beginning of a text, so that the result stays within its bound however its characters are written."""
    shown = text[:MAX_TEXT]
    while len(json.dumps(shown)) > MAX_RESULT - MAX_HEADERS:
        shown = shown[: len(shown) * 3 // 4]
    return shown


def _bounded(headers: dict[str, str]) -> dict[str, str]:
    kept: dict[str, str] = {}
    for name, value in headers.items():
        clean = value.encode("latin-1", "replace").decode("latin-1").replace("\0", "\ufffd")
        if len(json.dumps({**kept, name: clean})) > MAX_HEADERS:
            kept["x-lockstep-left-out"] = "further headers"
            break
        kept[name] = clean
    return kept


def _value(text: str) -> Any:
    """The JSON value; `ValueError` where reading and storing it would not keep what was sent."""
    value = json.loads(
        text, parse_constant=_constant, parse_int=_integer, parse_float=_decimal, object_pairs_hook=_object
    )
    if len(json.dumps(value)) > MAX_RESULT - MAX_HEADERS:
        raise Unfit("it is too large")
    _check(value, 0)
    return value


def _constant(text: str) -> Any:
    raise Unfit(f"{text} is no JSON number")


def _integer(text: str) -> int:
    if len(text) > 20 or not -WHOLE <= int(text) < WHOLE:  # noqa: PLR2004
        raise Unfit("a number has more than 64 bits")
    return int(text)


def _decimal(text: str) -> float:
    number = float(text)
    if len(text) > 400 or Decimal(text) != Decimal(repr(number)):  # noqa: PLR2004
        raise Unfit("a decimal would become another number")
    return number


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unfit("a key stands twice")
    return found


def _check(value: Any, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise Unfit("it is nested too deep")
    if isinstance(value, str) and ("\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value)):
        raise Unfit("a text holds what cannot be stored")
    if isinstance(value, dict):
        for key, item in value.items():
            _check(key, depth)
            _check(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _check(item, depth + 1)
