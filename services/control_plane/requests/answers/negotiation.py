"""Which form of an answer a caller's Accept header asks for."""

from fastapi import Depends, Response

VARY = {"Vary": "Accept"}
"""For whoever stores answers: that another form of the same may be asked for (RFC 9110, section 12.5.5)."""


async def _varies(response: Response) -> None:
    response.headers.update(VARY)


BY_ACCEPT = Depends(_varies)
"""A dependency of a route whose answer has several forms; one that returns a `Response` gives it `VARY` itself."""


def prefers(media_type: str, accept: str | None) -> bool:
    """Whether the header names this type, and JSON not before it."""
    best: dict[str, tuple[float, int]] = {}
    for place, part in enumerate((accept or "").split(",")):
        named, *parameters = (one.strip().lower() for one in part.split(";"))
        weight = next((_weight(one[2:]) for one in parameters if one.startswith("q=")), 1.0)
        best.setdefault(named, (weight, -place))
    wanted = best.get(media_type, (0.0, 0))
    return wanted[0] > 0 and wanted > max(best.get(one, (0.0, 0)) for one in ("application/json", "application/*"))


def _weight(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
