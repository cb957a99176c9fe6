"""The parts of the items of OpenAI's Responses: each has the members of its type, and one source."""

from typing import Any

import msgspec

from foundation.domain.errors import Fault
from llm_gateway.exchange.media import Media, is_link, linked_document
from llm_gateway.wires.allow_lists import Listed, decode_listed, is_nothing, not_covered, refused
from llm_gateway.wires.openai.media import check_not_kept, measure_image, measure_pdf


class _Head(msgspec.Struct):
    type: str | None = None


class _Text(Listed):
    type: str
    text: msgspec.Raw = msgspec.Raw()
    annotations: msgspec.Raw = msgspec.Raw()
    logprobs: msgspec.Raw = msgspec.Raw()
    prompt_cache_breakpoint: msgspec.Raw = msgspec.Raw()


class _Refusal(Listed):
    type: str
    refusal: msgspec.Raw


class _Image(Listed):
    """`file_id` may only be null: it names what the provider keeps."""

    type: str
    image_url: msgspec.Raw = msgspec.Raw()
    file_id: msgspec.Raw = msgspec.Raw()
    detail: msgspec.Raw = msgspec.Raw()
    prompt_cache_breakpoint: msgspec.Raw = msgspec.Raw()


class _File(Listed):
    type: str
    file_data: msgspec.Raw = msgspec.Raw()
    file_url: msgspec.Raw = msgspec.Raw()
    file_id: msgspec.Raw = msgspec.Raw()
    filename: msgspec.Raw = msgspec.Raw()
    detail: msgspec.Raw = msgspec.Raw()
    prompt_cache_breakpoint: msgspec.Raw = msgspec.Raw()


class _ShellOutput(Listed):
    """The one part that says no type."""

    type: None = None
    stdout: msgspec.Raw = msgspec.Raw()
    stderr: msgspec.Raw = msgspec.Raw()
    outcome: msgspec.Raw = msgspec.Raw()
    created_by: msgspec.Raw = msgspec.Raw()


class _Thought(msgspec.Struct):
    type: str
    text: str | None = None


_texts = msgspec.json.Decoder(_Text)
_images = msgspec.json.Decoder(_Image)
_files = msgspec.json.Decoder(_File)
_TEXTS = ("input_text", "output_text", "summary_text", "reasoning_text", "text")
_IMAGES = ("input_image", "computer_screenshot")
_PARTS: dict[str | None, msgspec.json.Decoder[Any]] = {
    **dict.fromkeys(_TEXTS, _texts),
    "refusal": msgspec.json.Decoder(_Refusal),
    **dict.fromkeys(_IMAGES, _images),
    "input_file": _files,
    None: msgspec.json.Decoder(_ShellOutput),
}
_heads = msgspec.json.Decoder(list[_Head])
_one_head = msgspec.json.Decoder(_Head)
_raws = msgspec.json.Decoder(list[msgspec.Raw])
_thoughts = msgspec.json.Decoder(list[_Thought])
_encrypted = msgspec.json.Decoder(str)


def media_of(raw: bytes, *, at: str) -> list[Media]:
    """What the content or the output of an item has beside text; `BadRequest` with the place of what is not known."""
    if raw.startswith(b"{"):
        # the output of a computer's call is one screenshot
        return _measured(raw, decode_listed(_one_head, raw, at=at), at=at)
    if not raw.startswith(b"["):
        return []
    media: list[Media] = []
    heads = decode_listed(_heads, raw, at=at)
    for index, (head, part) in enumerate(zip(heads, _raws.decode(raw), strict=True)):
        media += _measured(bytes(part), head, at=f"{at}/{index}")
    return media


def has_thoughts(encrypted: bytes, content: bytes, *, at: str) -> bool:
    """Whether reasoning has something of its own: a provider looks up by its name what has not."""
    if encrypted not in {b"", b"null"} and decode_listed(_encrypted, encrypted, at=f"{at}/encrypted_content").strip():
        return True
    if content in {b"", b"null", b'""'}:
        return False
    thoughts = decode_listed(_thoughts, content, at=f"{at}/content")
    return any(thought.type == "reasoning_text" and (thought.text or "").strip() for thought in thoughts)


def _measured(raw: bytes, head: _Head, *, at: str) -> list[Media]:
    decoder = _PARTS.get(head.type)
    if decoder is None:
        instead = "send text, images, or a PDF as input_file with file_data"
        raise refused([not_covered(f"{at}/type", f"content of type {head.type!r}", instead=instead)])
    part = decode_listed(decoder, raw, at=at)
    if isinstance(part, _Image):
        return [_measured_image(part, at=at)]
    return [_measured_file(part, at=at)] if isinstance(part, _File) else []


def _measured_image(part: _Image, *, at: str) -> Media:
    check_not_kept(part.file_id, place=f"{at}/file_id", instead="send the file itself")
    return measure_image(bytes(part.image_url), at=at, member="image_url")


def _measured_file(part: _File, *, at: str) -> Media:
    check_not_kept(part.file_id, place=f"{at}/file_id", instead="send the file itself")
    data, url = bytes(part.file_data), bytes(part.file_url)
    if is_nothing(part.file_data) and is_nothing(part.file_url):
        raise refused([Fault(at, "a file stands in file_data, as a data URL of a PDF")])
    if not is_nothing(part.file_data) and not is_nothing(part.file_url):
        raise refused([Fault(f"{at}/file_url", "a file has one source; leave out file_data or file_url")])
    if is_nothing(part.file_data) and is_link(url):
        return linked_document(at, url)
    return measure_pdf(data, at=at, member="file_data")
