"""The type of a file by its content. Its name is believed only where the content is text, and never to make it a page.

Nothing is parsed and no archive is opened: whoever wrote the bytes may be hostile, and this runs outside of a sandbox.
Looked at are the beginning and the end of a file, and whether all of it is text.
"""

import codecs
import mimetypes
import re

import filetype

BINARY, TEXT, HTML, SVG = "application/octet-stream", "text/plain", "text/html", "image/svg+xml"
_LOOKED_AT = 64 * 1024
"""Bytes of the beginning, and of the end, where an archive lists its files."""
_HEAD = 8192
_PIECE = 1024 * 1024

# The language's own table, the same on every machine, and what people's files end with besides.
_NAMES = mimetypes.MimeTypes()
for _ending, _kind in {
    ".md": "text/markdown",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
    ".toml": "application/toml",
    ".jsonl": "application/jsonl",
    ".ndjson": "application/x-ndjson",
    ".ipynb": "application/x-ipynb+json",
    ".geojson": "application/geo+json",
    ".sql": "application/sql",
    ".diff": "text/x-diff",
    ".patch": "text/x-diff",
    ".ts": "text/plain",
}.items():
    _NAMES.add_type(_kind, _ending)
_TEXTUAL = re.compile(r"text/.*|application/(?:.*\+)?(?:json|xml|yaml|toml|sql|jsonl|x-ndjson|javascript|x-sh|x-tex)")

_MAGIC = (
    (b"PAR1", "application/vnd.apache.parquet"),
    (b"ARROW1\x00\x00", "application/vnd.apache.arrow.file"),
    (b"\x93NUMPY", "application/x-numpy"),
)
"""What `filetype` does not know, by the first bytes; a Parquet file ends with its first as well."""
_TEXT_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"%!PS", "application/postscript"),
    (b"{\\rtf", "application/rtf"),
)
"""Of files that may be text to the last byte, and are read by other programs than those that show text."""
_OFFICE = "application/vnd.openxmlformats-officedocument"
_IN_ZIP = (
    (b"xl/workbook.", f"{_OFFICE}.spreadsheetml.sheet"),
    (b"word/document.", f"{_OFFICE}.wordprocessingml.document"),
    (b"ppt/presentation.", f"{_OFFICE}.presentationml.presentation"),
)
"""The file by which an Office program knows its own, beside the list of types that all of them have."""
_OPEN_DOCUMENT = re.compile(rb"mimetype(application/(?:vnd\.oasis\.opendocument\.[a-z-]+|epub\+zip))(?=PK)")

_CONTROLS = re.compile(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f]")
_PROLOGUE = re.compile(
    rb"(?:[\t\n\x0c\r ]|<!--.*?(?:-->|$)|<\?.*?(?:\?>|$)|<!DOCTYPE svg[^>]*>)+", re.DOTALL | re.IGNORECASE
)
_SVG = re.compile(rb"<(?:[a-z]+:)?svg[\s>/]", re.IGNORECASE)
_HTML = re.compile(
    rb"<(?:!doctype html|html|head|body|script|iframe|style|title|meta|link|base|object|embed)(?=[\s>/])", re.IGNORECASE
)
"""What a page begins with. A text in Markdown may begin with a table or an image, and stays what its name says."""


def content_type_of(name: str, content: bytes) -> str:
    """A media type without parameters; `application/octet-stream` where the content says nothing."""
    if not content:
        return _text_by_name(name)
    if _is_text(content):
        return _page_in(content) or _by_magic(content, _TEXT_MAGIC) or _text_by_name(name)
    return _by_magic(content, (*_MAGIC, *_TEXT_MAGIC)) or _zipped(content) or _known(content)


def _known(content: bytes) -> str:
    """By the table of `filetype`, which looks at the first bytes alone."""
    kind = filetype.guess(content[:_HEAD])
    return BINARY if kind is None else str(kind.mime)


def _by_magic(content: bytes, known: tuple[tuple[bytes, str], ...]) -> str | None:
    for magic, kind in known:
        if content.startswith(magic) and (magic != b"PAR1" or content.endswith(magic)):
            return kind
    return None


def _zipped(content: bytes) -> str | None:
    """What an archive is, by the names that it lists; None for what is no archive of this kind."""
    if not content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return None
    if match := _OPEN_DOCUMENT.search(content, 30, 200):
        return match[1].decode()
    looked_at = content[:_LOOKED_AT] + content[-_LOOKED_AT:]
    if b"[Content_Types].xml" in looked_at:
        for name, kind in _IN_ZIP:
            if name in looked_at:
                return kind
    return "application/zip"


def _is_text(content: bytes) -> bool:
    """UTF-8, or what has no controls that no text has: a table in Latin-1 is text, too."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return len(content) % 2 == 0
    if _CONTROLS.search(content):
        return False
    return _is_utf8(content) or (_known(content) == BINARY and _by_magic(content, _MAGIC) is None)


def _is_utf8(content: bytes) -> bool:
    """A piece at a time: a text takes four times as much memory as its bytes."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for at in range(0, len(content), _PIECE):
            decoder.decode(content[at : at + _PIECE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _page_in(content: bytes) -> str | None:
    """HTML or SVG that the text is, whatever its name says."""
    head = content[:_LOOKED_AT].removeprefix(codecs.BOM_UTF8)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        head = head.decode("utf-16", errors="replace").encode()
    begins = _PROLOGUE.match(head)
    rest = head[begins.end() :] if begins else head
    if _SVG.match(rest):
        return SVG
    return HTML if _HTML.match(rest) else None


def _text_by_name(name: str) -> str:
    kind, encoding = _NAMES.guess_type(name)
    return kind if kind is not None and encoding is None and _TEXTUAL.fullmatch(kind) else TEXT
