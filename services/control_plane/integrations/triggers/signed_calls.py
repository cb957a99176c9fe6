"""Knows a call of a trigger by its signature, as https://www.standardwebhooks.com says.

Before the signature is known to be right, nothing that is answered depends on whether there is such a trigger: for one
that is not there a secret is derived and compared all the same.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from foundation.domain.errors import BadRequest, Fault, PayloadTooLarge, Unauthenticated

MAX_PAYLOAD_BYTES = 65_536
MAX_MESSAGE_ID = 128
MAX_SIGNATURES = 10
TOLERANCE_SECONDS = 300
"""How far a message's timestamp may be off; an older message is a replay."""
SECRET_PREFIX = "whsec_"  # noqa: S105  # how every secret of Standard Webhooks begins

_ID = re.compile(rf"[A-Za-z0-9_-]{{1,{MAX_MESSAGE_ID}}}")
_SECONDS = re.compile(r"[0-9]{1,12}")
_REMEDY = "sign it with a library of https://www.standardwebhooks.com and the trigger's secret"


@dataclass(frozen=True, slots=True)
class SignedCall:
    """A call as it was sent; nothing of it is believed before `require_signature`."""

    message_id: str
    timestamp: str
    signatures: Sequence[bytes]
    body: bytes

    @property
    def digest(self) -> bytes:
        return hashlib.sha256(self.body).digest()


def read_call(headers: Mapping[str, str], body: bytes, *, now: datetime) -> SignedCall:
    """`BadRequest` for a header that is missing or malformed, `Unauthenticated` for a message of another time."""
    if len(body) > MAX_PAYLOAD_BYTES:
        raise PayloadTooLarge(f"the body has {len(body)} bytes; at most {MAX_PAYLOAD_BYTES} are taken")
    message_id = _header(headers, "webhook-id")
    if not _ID.fullmatch(message_id):
        raise _malformed(
            "webhook-id",
            f"it has 1 to {MAX_MESSAGE_ID} letters, digits, - and _,"
            " and no dot, which parts it from the timestamp in what is signed",
        )
    timestamp = _header(headers, "webhook-timestamp")
    if not _SECONDS.fullmatch(timestamp):
        raise _malformed("webhook-timestamp", "it is a number of seconds since 1970")
    if abs(int(timestamp) - now.timestamp()) > TOLERANCE_SECONDS:
        detail = f"webhook-timestamp is more than {TOLERANCE_SECONDS} s off: the message is old, or a clock is wrong"
        raise Unauthenticated(detail, remedy="sign the message anew, under its id")
    return SignedCall(message_id, timestamp, _signatures(_header(headers, "webhook-signature")), body)


def require_signature(call: SignedCall, secrets: Sequence[bytes], *, known: bool) -> None:
    """`Unauthenticated` unless one of the secrets has signed the call, and there is such a trigger."""
    content = f"{call.message_id}.{call.timestamp}.".encode() + call.body
    right = False
    for secret in secrets:
        expected = hmac.digest(secret, content, hashlib.sha256)
        for signature in call.signatures:
            # Each is compared with each, so that the time says nothing about which of them was right.
            right = hmac.compare_digest(expected, signature) or right
    if not (right and known):
        raise Unauthenticated("no trigger here is opened by this signature", remedy=_REMEDY)


def _header(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name)
    if not value:
        raise _malformed(name, "it is missing")
    return value


def _signatures(header: str) -> list[bytes]:
    """Those of version 1; others are for receivers that know them."""
    parts = header.split(" ")
    if len(parts) > MAX_SIGNATURES:
        raise _malformed("webhook-signature", f"it has {len(parts)} signatures; at most {MAX_SIGNATURES} are looked at")
    try:
        return [base64.b64decode(part.removeprefix("v1,"), validate=True) for part in parts if part.startswith("v1,")]
    except (binascii.Error, ValueError) as error:
        raise _malformed("webhook-signature", "a signature is `v1,` and base64") from error


def _malformed(name: str, reason: str) -> BadRequest:
    return BadRequest(f"{name}: {reason}", faults=(Fault(f"/header/{name}", reason),), remedy=_REMEDY)
