"""A file is typed by its content; its name says something only where the content is text."""

import gzip
import io
import tarfile
import zipfile

import pytest

from tool_runtime.runner.artifacts.content_types import content_type_of

OFFICE = "application/vnd.openxmlformats-officedocument"
HTML, SVG, TEXT, BINARY = "text/html", "image/svg+xml", "text/plain", "application/octet-stream"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


def zipped(*names: str, mimetype: str | None = None) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype, zipfile.ZIP_STORED)
        for name in names:
            archive.writestr(name, b"<x/>" * 100)
    return file.getvalue()


def tarred() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a"))
    return file.getvalue()


OF_BINARIES = [
    (PNG, "image/png"),
    (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(40), "image/jpeg"),
    (b"RIFF\x10\x00\x00\x00WEBPVP8 " + bytes(20), "image/webp"),
    (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n\x00", "application/pdf"),
    (b"%PDF-1.7\nall of it is text\n", "application/pdf"),
    (gzip.compress(b"a,b\n1,2\n"), "application/gzip"),
    (tarred(), "application/x-tar"),
    (zipped("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"), f"{OFFICE}.spreadsheetml.sheet"),
    (zipped(*(f"docProps/{n}" for n in range(50)), "xl/workbook.xml", "[Content_Types].xml"),
     f"{OFFICE}.spreadsheetml.sheet"),
    (zipped("[Content_Types].xml", "word/document.xml"), f"{OFFICE}.wordprocessingml.document"),
    (zipped("[Content_Types].xml", "ppt/presentation.xml"), f"{OFFICE}.presentationml.presentation"),
    (zipped("xl/workbook.xml"), "application/zip"),
    (zipped("a.txt"), "application/zip"),
    (zipped(), "application/zip"),
    (zipped("content.xml", mimetype="application/vnd.oasis.opendocument.text"),
     "application/vnd.oasis.opendocument.text"),
    (b"PAR1" + bytes(30) + b"PAR1", "application/vnd.apache.parquet"),
    (b"PAR1" + bytes(30), BINARY),
    (b"ARROW1\x00\x00" + bytes(20), "application/vnd.apache.arrow.file"),
    (b"\x93NUMPY\x01\x00" + bytes(20), "application/x-numpy"),
    (b"SQLite format 3\x00" + bytes(90), "application/x-sqlite3"),
    (b"MZ\x90\x00" + bytes(60), "application/x-msdownload"),
    (b"\x7fELF" + bytes(60), "application/x-executable"),
    (bytes(range(256)), BINARY),
]  # fmt: skip


@pytest.mark.parametrize(("content", "kind"), OF_BINARIES)
@pytest.mark.parametrize("name", ["g", "a.csv", "c.png", "x.html", "e.csv.gz", "日本.txt"])
def test_what_is_no_text_is_what_its_bytes_say_whatever_its_name(content: bytes, kind: str, name: str) -> None:
    assert content_type_of(name, content) == kind


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.csv", b"a,b\n1,2\n", "text/csv"),
        ("a.CSV", "naïve,b\n".encode("latin-1"), "text/csv"),
        ("a.csv", "a,b\n".encode("utf-16"), "text/csv"),
        ("a.md", b'<p align="center">\n', "text/markdown"),
        ("a.json", b'{"a": 1}', "application/json"),
        ("a.geojson", b"{}", "application/geo+json"),
        ("a.xml", b"<?xml version='1.0'?><a/>", "text/xml"),
        ("a.py", b"print(1)\n", "text/x-python"),
        ("a.diff", b"--- a\n+++ b\n", "text/x-diff"),
        ("a.html", b"<div>a part</div>", HTML),
        ("notes", "BM is short for benchmark 日本\n".encode(), TEXT),
        ("notes", b"MZ", TEXT),
        ("c.png", b"no picture", TEXT),
        ("f.pdf", b"no document", TEXT),
        ("e.csv.gz", b"a,b\n", TEXT),
        ("a.tar", b"\x1b[31mred\x1b[0m", TEXT),
        ("a.txt", b"", TEXT),
        ("a.csv", b"", "text/csv"),
    ],
)
def test_what_is_text_is_what_its_name_says_among_texts(name: str, content: bytes, kind: str) -> None:
    assert content_type_of(name, content) == kind


@pytest.mark.parametrize("name", ["c.png", "a.csv", "a.json", "a.txt", "g", "x.html", "x.svg"])
@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"<html><script>alert(1)</script>", HTML),
        (b"\xef\xbb\xbf \n<!-- a -->\n<!DOCTYPE HTML>\n", HTML),
        (b"<SCRIPT src=x></SCRIPT>", HTML),
        ("<html>".encode("utf-16"), HTML),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>', SVG),
        (b"<?xml version='1.0'?>\n<!DOCTYPE svg PUBLIC 'a' 'b'>\n<svg:svg></svg:svg>", SVG),
    ],
)
def test_a_page_is_one_whatever_its_name(name: str, content: bytes, kind: str) -> None:
    assert content_type_of(name, content) == kind


def test_a_large_file_is_looked_at_in_pieces() -> None:
    body = ("é" * 700_000).encode()
    assert content_type_of("a.csv", body) == "text/csv"
    assert content_type_of("a.csv", body + b"\x00") == BINARY
    assert content_type_of("a", b"<!--" * 500_000) == TEXT
