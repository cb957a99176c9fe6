"""Images and documents: parts whose number of tokens does not follow from their number of bytes."""

import re
from enum import StrEnum

import msgspec

# a slash may be escaped in JSON
_IMAGE_URL = re.compile(rb'"(?:https?:\\?/\\?/|data:image\\?/[a-z0-9.+-]+;base64,)', re.IGNORECASE)
_PDF_URL = re.compile(rb'"data:application\\?/pdf;base64,', re.IGNORECASE)
_LINK = re.compile(rb'"https?:\\?/\\?/', re.IGNORECASE)


class MediaKind(StrEnum):
    """The kinds of parts; a model is sent one only where the gateway's files declare the most tokens that it takes."""

    IMAGE = "image"
    DOCUMENT = "document"


class Media(msgspec.Struct, frozen=True):
    """One such part, with its place in the request and the bytes that its text does not count.

    `size` is what a document has at most, decoded; None of one that stands behind a link.
    """

    kind: MediaKind
    place: str
    written: int = 0
    size: int | None = None


def image(place: str, written: bytes) -> Media:
    """An image of which `written` is the link or the encoded bytes, as the request has them."""
    return Media(MediaKind.IMAGE, place, len(written))


def document(place: str, written: bytes) -> Media:
    """A PDF that stands in the request, in base64."""
    return Media(MediaKind.DOCUMENT, place, len(written), -(-len(written) * 3 // 4))


def linked_document(place: str, written: bytes) -> Media:
    """A PDF that the provider fetches."""
    return Media(MediaKind.DOCUMENT, place, len(written))


def is_image_url(written: bytes) -> bool:
    """Whether a JSON text is a link, or a data URL of an image: servers take documents and films as data URLs too."""
    return _IMAGE_URL.match(written) is not None


def is_pdf_url(written: bytes) -> bool:
    return _PDF_URL.match(written) is not None


def is_link(written: bytes) -> bool:
    return _LINK.match(written) is not None
