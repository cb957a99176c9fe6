"""`ETag`, `If-Match` and `If-None-Match` as RFC 9110 says (sections 8.8.3 and 13.1).

An answer often shows more than its version covers: what a run has used, when a schedule fires next. So a tag has two
parts: the version, or a digest of what is set, which a route gives; and a digest of all that is shown, which is added
to every answer at one place. `If-None-Match` compares both, since 304 says that exactly this is shown. `If-Match`
compares the first, since it keeps a change from undoing another one, and what changes by itself undoes nothing.
"""

import json
import re
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from foundation.domain.errors import BadRequest, Fault, VersionMismatch, VersionRequired
from foundation.storage.session.seen import NOT_THERE, Expected, SeenTags

_TAG = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
IF_MATCH_PATTERN = rf"^(\*|{_TAG}([ \t]*,[ \t]*{_TAG})*)$"
# There is but one way to read each character: of several, a text of commas would be tried in all their combinations.
_LIST = re.compile(rf"(?:[ \t,]|{_TAG}(?=[ \t]*(?:,|\Z)))+")
_ONE = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')


_SHOWN = re.compile(r"\.[0-9a-f]{32}$")
"""The second part of a tag."""
_WHOLE = frozenset({HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.ACCEPTED})
"""Of answers that show all of something; a part of a file has another digest than the whole."""


def quoted(tag: str) -> str:
    return f'"{tag}"'


def etag(version: int) -> str:
    return quoted(str(version))


def content_tag(content: object) -> str:
    """The tag, without its quotes, of a thing that has no version: a digest of its JSON."""
    return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Conditions:
    """On which a request is carried out, as its headers have them; a route takes none that it does not name."""

    if_match: str | None = None
    if_none_match: str | None = None


def expected_version(conditions: Conditions) -> Expected:
    """What the caller has seen; None when they did not say.

    Tags are compared strongly, so that a weak one matches nothing; and by their first parts, which may stand alone.
    """
    if conditions.if_none_match is not None:
        return _nothing(conditions)
    if conditions.if_match is None:
        return None
    text = conditions.if_match.strip()
    if text == "*":
        return SeenTags(None)
    if not (_LIST.fullmatch(text) and _ONE.search(text)):
        detail = 'If-Match is one or several ETags of the resource, each in double quotes ("3"), or *'
        remedy = "send the ETag as the answer has it, with its quotes"
        raise BadRequest(detail, faults=(Fault("/header/if-match", detail),), remedy=remedy)
    strong = frozenset(_SHOWN.sub("", tag) for weak, tag in _ONE.findall(text) if not weak)
    if not strong:
        detail = "If-Match has weak tags alone (W/), which match nothing"
        raise VersionMismatch(detail, remedy="send the ETag without W/, as this API gives it")
    return SeenTags(strong)


def _nothing(conditions: Conditions) -> SeenTags:
    """That there is no such thing; a condition of tags that are to be other ones is none that a change has use for."""
    if conditions.if_match is not None or (conditions.if_none_match or "").strip() != "*":
        detail = "of a change, If-None-Match is * (only where there is nothing yet), without If-Match beside it"
        remedy = "to change what you have seen, send its ETag as If-Match alone"
        raise BadRequest(detail, faults=(Fault("/header/if-none-match", detail),), remedy=remedy)
    return NOT_THERE


def required_version(conditions: Conditions) -> SeenTags:
    """What the caller has seen; `VersionRequired` when they did not say."""
    expected = expected_version(conditions)
    if expected is None:
        remedy = "read the resource and send its ETag as If-Match, or * for whatever it is now"
        raise VersionRequired("If-Match with the resource's ETag is required", remedy=remedy)
    return expected


def require_version(noun: str, version: int, expected: Expected, *, to: str = "repeat your change") -> None:
    """`VersionMismatch` unless the thing, which is now at `version`, is one that the caller has seen, if any."""
    if expected is not None and not expected.admits(version):
        raise stale(noun, version, expected, to=to)


def stale(noun: str, version: int | None, expected: Expected, *, to: str = "repeat your change") -> VersionMismatch:
    """The refusal; a version of None is of a thing that is not there."""
    if expected is not None and expected.nothing:
        return _there_already(noun)
    where = "not there" if version is None else f"at version {version}"
    wanted = "" if expected is None or expected.tags is None else f", not {expected}"
    return VersionMismatch(f"the {noun} is {where}{wanted}", remedy=f"read the {noun} again and {to}")


def _there_already(noun: str) -> VersionMismatch:
    remedy = f"read the {noun}, and to change it send its ETag as If-Match, without If-None-Match"
    return VersionMismatch(f"the {noun} is there already", remedy=remedy)


def require_content(noun: str, now: object, expected: Expected) -> None:
    """`VersionMismatch` unless the thing is what the caller has seen; one that was never set is there all the same."""
    if expected is not None and expected.nothing:
        raise _there_already(noun)
    if expected is not None and not expected.admits(content_tag(now)):
        remedy = f"read the {noun} again and repeat your change"
        raise VersionMismatch(f"the {noun} is not what you have seen", remedy=remedy)


class TaggedAnswers:
    """Adds to an answer's ETag the digest of what it shows, and answers a GET with 304 where the caller has that.

    It stands inside of what makes HEAD of GET, so that both have one tag.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asked = Headers(scope=scope).get("if-none-match") if scope["method"] == "GET" else None
        began: Message | None = None
        body = bytearray()

        async def tagged(message: Message) -> None:
            nonlocal began
            if message["type"] == "http.response.start" and _has_tag(message):
                began = message
            elif message["type"] == "http.response.body" and began is not None:
                body.extend(message.get("body", b""))
                if not message.get("more_body", False):
                    start, shown = _with_digest(began, bytes(body), asked)
                    await send(start)
                    await send({"type": "http.response.body", "body": shown})
            else:
                await send(message)

        await self._app(scope, receive, tagged)


def _has_tag(message: Message) -> bool:
    return message["status"] in _WHOLE and "etag" in Headers(raw=message["headers"])


def _with_digest(began: Message, body: bytes, asked: str | None) -> tuple[Message, bytes]:
    """How the answer begins, and its body: none where the caller has it."""
    headers = MutableHeaders(raw=list(began["headers"]))
    tag = headers["etag"].strip('"') + "." + sha256(body).hexdigest()[:32]
    headers["etag"] = quoted(tag)
    if asked is None or began["status"] != HTTPStatus.OK or not _is_known(asked, tag):
        return {**began, "headers": headers.raw}, body
    for name in ("content-length", "content-type"):
        del headers[name]
    return {**began, "status": HTTPStatus.NOT_MODIFIED, "headers": headers.raw}, b""


def _is_known(asked: str, tag: str) -> bool:
    """Compared weakly, as for `If-None-Match`."""
    return asked.strip() == "*" or tag in {one for _, one in _ONE.findall(asked)}
