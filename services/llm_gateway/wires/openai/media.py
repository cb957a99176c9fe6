"""Images and documents as OpenAI's wires have them: data URLs and links."""

import msgspec

from foundation.domain.errors import Fault
from llm_gateway.exchange.media import Media, document, image, is_image_url, is_pdf_url
from llm_gateway.wires.allow_lists import is_nothing, not_covered, refused


def measure_image(url: bytes, *, at: str, member: str) -> Media:
    """The image of a part at this place, whose URL stands in this member; `BadRequest` of anything else."""
    if not is_image_url(url):
        raise refused([Fault(f"{at}/{member}", "a link, or a data URL of an image")])
    return image(at, url)


def measure_pdf(data: bytes, *, at: str, member: str) -> Media:
    if not is_pdf_url(data):
        raise refused([Fault(f"{at}/{member}", "a PDF as a data URL: data:application/pdf;base64,…")])
    return document(at, data)


def check_not_kept(file_id: msgspec.Raw, *, place: str, instead: str) -> None:
    """What the provider keeps has no declared maximum."""
    if not is_nothing(file_id):
        raise refused([not_covered(place, "a file that the provider keeps", instead=instead)])
