"""What closes a cursor: it is good for whoever was given it, where it was given, and cannot be made by anybody else.

The key is derived from one that every replica has and that stays, so that a cursor outlives the process that made it.
"""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass

from fastapi import Request

from foundation.storage.audit.calls import current_call

_PURPOSE = "cursors of lists"
_MAC, _DOCUMENT = slice(0, 16), slice(16, None)
"""Where they stand in what a cursor says."""
_OF_THE_PAGE = frozenset({"cursor", "limit", "fields", "sort"})
"""What may change from page to page, and the order, which a cursor names itself."""


@dataclass(frozen=True, slots=True)
class CursorSeal:
    """The seal of one list: a path, its filters, and whose rows the caller reads."""

    key: bytes
    path: str
    filters: tuple[tuple[str, str], ...] = ()

    def close(self, document: bytes) -> str:
        return base64.urlsafe_b64encode(self._mac(document) + document).decode().rstrip("=")

    def opened(self, cursor: str) -> bytes:
        """The document that was closed; `ValueError` for any other text than the one that closed it."""
        sealed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        document = sealed[_DOCUMENT]
        # As one text, because several are read as the same bytes.
        if not hmac.compare_digest(self.close(document).encode(), cursor.encode()):
            raise ValueError("the cursor was made elsewhere, or by nobody")
        return document

    def _mac(self, document: bytes) -> bytes:
        call = current_call()
        if call is None or call.actor is None:
            raise AssertionError("a cursor is read and made once it is known who calls")
        context = json.dumps([str(call.tenant_id), self.path, self.filters]).encode()
        return hmac.digest(self.key, context + b"\n" + document, hashlib.sha256)[_MAC]


def seal_of(request: Request) -> CursorSeal:
    """The seal of the list that is asked for here, filtered so."""
    key: bytes = request.app.state.resources.webhook_secrets.key_for(_PURPOSE)
    filters = sorted(pair for pair in request.query_params.multi_items() if pair[0] not in _OF_THE_PAGE)
    return CursorSeal(key, request.scope["path"], tuple(filters))
