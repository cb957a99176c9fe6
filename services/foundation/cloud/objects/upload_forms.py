"""Many presigned forms for the price of one.

The SDK takes about a third of a millisecond for each, and a tool job carries one for every file that it may leave. The
forms of one job differ in their key alone: the first is made by the SDK, the others are its policy with another key,
signed the same way (Signature Version 4).
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable

_KEY, _POLICY, _SIGNATURE = "key", "policy", "x-amz-signature"


def forms_like(fields: dict[str, str], keys: Iterable[str], *, secret_key: str) -> list[dict[str, str]] | None:
    """The same form for each key; None where the given one was not signed with this secret, or not in this way."""
    try:
        policy = json.loads(base64.b64decode(fields[_POLICY]))
        _, *scope = fields["x-amz-credential"].split("/")
    except (KeyError, ValueError):
        return None
    signing_key = f"AWS4{secret_key}".encode()
    for part in scope:
        signing_key = _hmac(signing_key, part.encode())
    if not hmac.compare_digest(_hmac(signing_key, fields[_POLICY].encode()).hex(), fields.get(_SIGNATURE, "")):
        return None
    others = [condition for condition in policy["conditions"] if condition != {_KEY: fields[_KEY]}]
    forms = []
    for key in keys:
        document = {**policy, "conditions": [*others, {_KEY: key}]}
        encoded = base64.b64encode(json.dumps(document).encode())
        signature = _hmac(signing_key, encoded).hex()
        forms.append({**fields, _KEY: key, _POLICY: encoded.decode(), _SIGNATURE: signature})
    return forms


def _hmac(key: bytes, text: bytes) -> bytes:
    return hmac.digest(key, text, hashlib.sha256)
