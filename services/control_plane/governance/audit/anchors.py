"""Anchors: heads of the chains outside of the database, where nobody can change or remove them.

An anchor is a small JSON object, `audit-anchors/<tenant>/<number>.json`, or `audit-anchors/platform/…` of the
platform's audit; the numbers of each begin at 1 and have
no gap, so that they can be read without asking the database which there are.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

from foundation.cloud.objects.base import ObjectStore
from foundation.domain.errors import NotFound
from foundation.storage.audit import chain
from foundation.storage.audit.books import Whose, opened
from foundation.storage.audit.chain import Link
from foundation.storage.session.database import Database


@dataclass(frozen=True, slots=True)
class Anchor:
    """The head of a chain as it was at a moment."""

    number: int
    link: Link
    anchored_at: str


def key_of(whose: Whose, number: int) -> str:
    return f"audit-anchors/{whose or 'platform'}/{number:08d}.json"


class AuditAnchors:
    """Writes heads of chains into a bucket, and reads them from there."""

    def __init__(self, database: Database, objects: ObjectStore) -> None:
        self._database = database
        self._objects = objects

    async def anchor(self, whose: Whose) -> bool:
        """Writes the head of the chain; False when it has not moved since the last anchor.

        The object comes first: an anchor that the database does not know of is written again under the same number,
        with a head that is later in the same chain, and in AWS as a further version of the locked object.
        """
        async with opened(self._database, whose) as tx:
            head = await chain.head(tx, whose)
            number, position = await chain.anchored(tx, whose)
        if head.position <= position:
            return False
        document = {
            "tenant_id": None if whose is None else str(whose),
            "position": head.position,
            "hash": head.hash.hex(),
            "anchored_at": datetime.now(UTC).isoformat(),
        }
        body = json.dumps(document).encode()
        await self._objects.put(key_of(whose, number + 1), body, content_type="application/json")
        async with opened(self._database, whose) as tx:
            await chain.note_anchor(tx, whose, number=number + 1, position=head.position)
        return True

    async def written(self, whose: Whose) -> AsyncIterator[Anchor]:
        """All anchors of an audit in the bucket, in their order."""
        number = 1
        while True:
            try:
                document = json.loads(await self._objects.get(key_of(whose, number)))
            except NotFound:
                return
            link = Link(int(document["position"]), bytes.fromhex(document["hash"]))
            yield Anchor(number, link, str(document["anchored_at"]))
            number += 1
