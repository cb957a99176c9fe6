"""`python -m control_plane.governance.audit.verify`: verifies audits and anchors, and names each first broken row.

Without `--tenant` it verifies the platform's and those of all tenants; the platform's line has no tenant.
With `--archive` it verifies what a tenant has taken along, and needs neither database nor bucket.
It ends with 1 when anything is broken, and with 2 when there is no such archive.
"""

import argparse
import asyncio
import json
import sys
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from pydantic import PostgresDsn

from control_plane.governance.audit.anchors import AuditAnchors
from control_plane.governance.audit.archived import NoArchive, verify_archive
from control_plane.governance.audit.verifying import AuditVerdict, verify
from control_plane.settings import AuditSettings
from foundation.cloud.clients import Clients
from foundation.cloud.objects.s3 import S3ObjectStore
from foundation.domain.ids import TenantId
from foundation.storage.audit.books import Whose
from foundation.storage.people import tenants
from foundation.storage.session.database import Database, DatabaseSettings

_PAGE = 200


async def _all_tenants(database: Database) -> list[TenantId]:
    found: list[TenantId] = []
    after = None
    while True:
        async with database.across_tenants(reason="all audits are verified") as tx:
            page = await tenants.page(tx, replace(tenants.ORDERS.first(_PAGE), after=after))
        found += [one.tenant_id for one in page]
        if len(page) < _PAGE:
            return found
        after = (page[-1].created_at, page[-1].tenant_id)


async def verdicts(only: TenantId | None) -> list[AuditVerdict]:
    settings = AuditSettings()
    pool = DatabaseSettings(url=PostgresDsn(settings.database_url), pool_size=1)
    database = Database(pool, application="audit verify")
    try:
        async with Clients() as clients:
            anchors = AuditAnchors(database, S3ObjectStore(await clients.s3(), settings.anchors_bucket()))
            which: list[Whose] = [only] if only else [None, *await _all_tenants(database)]
            return [await verify(database, anchors, whose) for whose in which]
    finally:
        await database.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tenant", type=UUID, help="only this tenant's")
    parser.add_argument("--archive", type=Path, help="that of this archive of a tenant")
    asked = parser.parse_args()
    if asked.archive is not None:
        try:
            found = [verify_archive(asked.archive)]
        except NoArchive as error:
            sys.stderr.write(f"{error}; give the file that an export of a tenant has given\n")
            sys.exit(2)
    else:
        found = asyncio.run(verdicts(None if asked.tenant is None else TenantId(asked.tenant)))
    for one in found:
        shown = {"rows": one.rows, "anchors": one.anchors, "faults": one.faults}
        sys.stdout.write(json.dumps({"tenant_id": None if one.whose is None else str(one.whose), **shown}) + "\n")
    if not all(one.is_sound for one in found):
        sys.exit(1)


if __name__ == "__main__":
    main()
