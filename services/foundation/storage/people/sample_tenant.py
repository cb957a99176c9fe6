"""The sample tenant of a local database. Nobody could invite its owner yet, so a login that owns the schema adds it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from foundation.domain.ids import ApiKeyId, TenantId, UserId
from foundation.domain.people.api_keys import KeyDigest
from foundation.storage.session.database import Transaction
from foundation.storage.session.statements import text


@dataclass(frozen=True, slots=True)
class SampleTenant:
    """All that is inserted; of the key only its hash and the hint that lists show."""

    tenant_id: TenantId
    name: str
    user_id: UserId
    subject: str
    api_key_id: ApiKeyId
    api_key_digest: KeyDigest
    api_key_hint: str
    settings: Mapping[str, object]
    """Added to those that the tenant has; a member that it has already keeps its value."""


async def make(tx: Transaction, tenant: SampleTenant) -> None:
    """Inserts the tenant, its owner and the owner's gateway key, each unless it is there already."""
    values = {
        "tenant_id": tenant.tenant_id,
        "name": tenant.name,
        "user_id": tenant.user_id,
        "subject": tenant.subject,
        "api_key_id": tenant.api_key_id,
        "digest": tenant.api_key_digest.hash,
        "pepper": tenant.api_key_digest.pepper,
        "hint": tenant.api_key_hint,
        "settings": json.dumps(tenant.settings),
    }
    for statement in (
        """INSERT INTO tenants (tenant_id, name, settings) VALUES (:tenant_id, :name, CAST(:settings AS jsonb))
           ON CONFLICT (tenant_id) DO UPDATE SET settings = EXCLUDED.settings || tenants.settings""",
        "INSERT INTO users (user_id, subject) VALUES (:user_id, :subject) ON CONFLICT (user_id) DO NOTHING",
        """INSERT INTO memberships (tenant_id, user_id, role) VALUES (:tenant_id, :user_id, 'owner')
           ON CONFLICT DO NOTHING""",
        """INSERT INTO api_keys (tenant_id, api_key_id, user_id, name, hash, pepper, hint, scopes)
           VALUES (:tenant_id, :api_key_id, :user_id, 'local gateway key', :digest, :pepper, :hint, '{gateway}')
           ON CONFLICT (tenant_id, api_key_id) DO UPDATE
           SET hash = EXCLUDED.hash, pepper = EXCLUDED.pepper, hint = EXCLUDED.hint""",
    ):
        await tx.execute(text(statement), values)
