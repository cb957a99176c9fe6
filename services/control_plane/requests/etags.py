"""`ETag` and `If-Match`: a resource's version as a strong tag."""

import re

from foundation.domain.errors import BadRequest, VersionMismatch

IF_MATCH_PATTERN = r'^(\*|(W/)?"[0-9]{1,18}")$'
_VERSION = re.compile(r"[0-9]{1,18}")


def etag(version: int) -> str:
    return f'"{version}"'


def expected_version(if_match: str | None) -> int | None:
    """The version that the caller has seen; None when they did not say."""
    if if_match is None or if_match.strip() == "*":
        return None
    text = if_match.strip().removeprefix("W/").strip('"')
    if not _VERSION.fullmatch(text):
        raise BadRequest("If-Match must be the ETag of the resource, or *")
    return int(text)


def required_version(if_match: str | None) -> int:
    """The version that the caller has seen; `VersionMismatch` when they did not say."""
    expected = expected_version(if_match)
    if expected is None:
        remedy = "read the resource and send its ETag as If-Match"
        raise VersionMismatch("If-Match with the resource's ETag is required", remedy=remedy)
    return expected


def require_version(noun: str, version: int, expected: int | None) -> None:
    """`VersionMismatch` unless the thing, which is now at `version`, is at the one that the caller has seen, if any."""
    if expected is not None and version != expected:
        remedy = f"read the {noun} again and repeat your change"
        raise VersionMismatch(f"the {noun} is at version {version}, not {expected}", remedy=remedy)
