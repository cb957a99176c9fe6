"""What of an answer becomes the result: its value or its text within bounds, and whether the body is kept as a file."""

import codecs
import gzip
import io
import zlib
from email.message import Message
from typing import Any

from tool_runtime.tools.programs import json_values
from tool_runtime.tools.programs.results import ROOM_BYTES, Room, Told, beginning, clean, size_of

MAX_TEXT = 128 * 1024
"""Bytes of a body that stand in the result as JSON, and characters of one that stand there as text."""
MAX_HEADERS = 32 * 1024
MAX_BODY = 32 * 1024 * 1024
MAX_DEPTH = 40
_PIECE = 256 * 1024
UNTOLD = "application/octet-stream"
"""What servers say, or leave unsaid, about bytes that they know nothing of."""
_TEXTUAL = ("json", "xml", "javascript", "x-www-form-urlencoded", "yaml", "csv")
_CHARSETS = frozenset(
    codecs.lookup(name).name
    for name in (
        *("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "ascii", "koi8-r", "koi8-u", "cp866"),
        *(f"iso8859-{part}" for part in range(1, 17) if part != 12),  # noqa: PLR2004 - there is none of this number
        *(f"cp125{page}" for page in range(9)),
        *("cp874", "tis-620", "mac-roman", "mac-cyrillic"),
        *("gb2312", "gbk", "gb18030", "big5", "big5hkscs", "hz"),
        *("euc-jp", "shift_jis", "cp932", "iso2022_jp", "euc-kr", "cp949", "iso2022_kr"),
    )
)
"""Those that bytes on the web are written in. Python knows others, such as `idna`, which are no way to write a page."""


def result_of(status: int, headers: dict[str, str], content: bytes, *, cut: bool) -> tuple[Told, bytes | None]:
    """The result and the body that is kept beside it, unpacked as the text is; None where the result has all of it."""
    unpacked, cut = _unpacked(headers, content, cut)
    result: Told = {"status": status, "headers": _bounded(headers), "truncated": False}
    kind, charset = _type_of(headers)
    plain = content if unpacked is None else unpacked
    kept = content if cut else plain  # what is unpacked in part only is all there as it came
    if unpacked is None or not _is_text(kind, plain):
        # An answer without a body, as to HEAD, leaves no file.
        return {**result, "text": None, "truncated": cut}, kept if kept or cut else None
    text, is_exact = _read(plain, charset)
    if "json" in kind and plain and len(plain) <= MAX_TEXT and not cut:
        try:
            return {**result, "json": _value(text)}, None if is_exact else kept
        except ValueError as error:
            result["json_error"] = beginning(str(error), 200)
    shown = Room(ROOM_BYTES).text(text, most=MAX_TEXT)
    cut = cut or len(shown) < len(text)
    return {**result, "text": shown, "truncated": cut}, kept if cut or not is_exact else None


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
    try:
        kind, charset = message.get_content_type(), codecs.lookup(message.get_content_charset("utf-8")).name
    except (LookupError, ValueError):
        return message.get_content_type(), "utf-8"
    return kind, charset if charset in _CHARSETS else "utf-8"


def _read(content: bytes, charset: str) -> tuple[str, bool]:
    """The text, with U+FFFD for what is none or cannot be stored, and whether none stands in it for that reason."""
    try:
        text = content.decode(charset)
    except ValueError:
        return clean(content.decode(charset, "replace")), False
    return (shown := clean(text)), shown == text


def _is_text(kind: str, content: bytes) -> bool:
    """By its type; bytes of which none is told are text where they read as UTF-8."""
    if kind.startswith("text/") or any(word in kind for word in _TEXTUAL):
        return True
    try:
        return kind == UNTOLD and "\0" not in content.decode()
    except UnicodeDecodeError:
        return False


def _bounded(headers: dict[str, str]) -> dict[str, str]:
    kept: dict[str, str] = {}
    room = Room(MAX_HEADERS)
    for name, value in headers.items():
        if not room.takes({clean(name): clean(value)}):
            kept["x-lockstep-left-out"] = "further headers"
            break
        kept[clean(name)] = clean(value)
    return kept


def _value(text: str) -> Any:
    """The JSON value; `ValueError` where reading and storing it would not keep what was sent."""
    value = json_values.read(text, most_levels=MAX_DEPTH)
    if size_of(value) > ROOM_BYTES:
        raise json_values.Unfit("it is too large")
    return value
