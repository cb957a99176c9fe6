"""Anchors: heads of the chains outside of the database, where nobody can change or remove them.

An anchor is a small JSON object, `audit-anchors/<tenant>/<number>.json`; the numbers of a tenant's begin at 1 and have
no gap, so that they can be read without asking the database which there are.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

from foundation.cloud.objects.base import ObjectStore
from foundation.domain.errors import NotFound
from foundation.domain.ids import TenantId
from foundation.storage.audit import chain
from foundation.storage.audit.chain import Link
from foundation.storage.session.database import Database


@dataclass(frozen=True, slots=True)
class Anchor:
    """The head of a tenant's chain as it was at a moment."""

    number: int
    link: Link
    anchored_at: str


def key_of(tenant_id: TenantId, number: int) -> str:
    return f"audit-anchors/{tenant_id}/{number:08d}.json"


class AuditAnchors:
    """Writes heads of chains into a bucket, and reads them from there."""

    def __init__(self, database: Database, objects: ObjectStore) -> None:
        self._database = database
        self._objects = objects

    async def anchor(self, tenant_id: TenantId) -> bool:
        """Writes the head of the tenant's chain; False when it has not moved since the last anchor.

        The object comes first: an anchor that the database does not know of is written again under the same number,
        with a head that is later in the same chain, and in AWS as a further version of the locked object.
        """
        async with self._database.tenant(tenant_id) as tx:
            head = await chain.head(tx, tenant_id)
            number, position = await chain.anchored(tx, tenant_id)
        if head.position <= position:
            return False
        document = {
            "tenant_id": str(tenant_id),
            "position": head.position,
            "hash": head.hash.hex(),
            "anchored_at": datetime.now(UTC).isoformat(),
        }
        body = json.dumps(document).encode()
        await self._objects.put(key_of(tenant_id, number + 1), body, content_type="application/json")
        async with self._database.tenant(tenant_id) as tx:
            await chain.note_anchor(tx, tenant_id, number=number + 1, position=head.position)
        return True

    async def of_tenant(self, tenant_id: TenantId) -> AsyncIterator[Anchor]:
        """All anchors of a tenant in the bucket, in their order."""
        number = 1
        while True:
            try:
                document = json.loads(await self._objects.get(key_of(tenant_id, number)))
            except NotFound:
                return
            link = Link(int(document["position"]), bytes.fromhex(document["hash"]))
            yield Anchor(number, link, str(document["anchored_at"]))
            number += 1
