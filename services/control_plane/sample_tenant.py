"""`python -m control_plane.sample_tenant`: the local sample tenant, what stands for its owner, and an operator's token.

Needs DATABASE_URL of a login that owns the schema. Prints a JSON object of shell variables; may be run again.
"""

import asyncio
import hashlib
import hmac
import json
import sys
from uuid import UUID, uuid5

from pydantic import Field, PostgresDsn
from pydantic_settings import BaseSettings

from control_plane.identity.issue_token import local_issuer
from control_plane.settings import ControlPlaneSettings
from foundation.cloud.clients import Clients
from foundation.cloud.secrets import read_secret
from foundation.domain.ids import ApiKeyId, TenantId, UserId
from foundation.domain.people.api_keys import KEY_PREFIX, Peppers, hint_of
from foundation.storage.people import sample_tenant
from foundation.storage.people.sample_tenant import SampleTenant
from foundation.storage.session.database import Database, DatabaseSettings

_NAMESPACE = UUID("5d3cbd33-5a0f-5e6e-9d43-0b0f7a4c9a11")
_SUBJECT = "sample-owner"
_OPERATOR, _SECOND_OPERATOR = "sample-operator", "second-operator"
_TOKEN_SECONDS = 30 * 86_400
_REQUESTS_A_MINUTE = 6000
"""Of all runs of the sample tenant: soak and chaos runs call more often than the 100 a minute that are shipped."""


class OwnerSettings(BaseSettings):
    """Read from the environment of this program, which the local stack runs; no service has such a login."""

    database_url: PostgresDsn = Field(description="a login that owns the schema; row-level security must not bind it")


async def make_sample_tenant() -> dict[str, str]:
    settings, owner = ControlPlaneSettings(), OwnerSettings()
    if settings.jwks_url is not None:
        raise SystemExit("the sample tenant is for a local deployment (LOCKSTEP_JWKS_URL is set)")
    tenant_id = TenantId(uuid5(_NAMESPACE, "tenant"))
    async with Clients() as clients:
        issuer = await local_issuer(settings, clients)
        secrets = await clients.secretsmanager()
        secret = await read_secret(secrets, settings.user_key_secret)
        peppers = Peppers.parse(await read_secret(secrets, settings.api_key_peppers_secret))
    # Only the key's hash is stored, so that the same key can be printed again it is derived from the local secret.
    key = KEY_PREFIX + hmac.new(secret.encode(), b"sample gateway key", hashlib.sha256).hexdigest()
    tenant = SampleTenant(
        tenant_id=tenant_id,
        name="sample",
        user_id=UserId(uuid5(_NAMESPACE, "owner")),
        subject=_SUBJECT,
        api_key_id=ApiKeyId(uuid5(_NAMESPACE, "gateway key")),
        api_key_digest=peppers.digest(key),
        api_key_hint=hint_of(key),
        settings={"limits": {"tenant": {"requests_a_minute": _REQUESTS_A_MINUTE}}},
    )
    database = Database(DatabaseSettings(url=owner.database_url, pool_size=1), application="sample tenant")
    try:
        async with database.across_tenants(reason="the first tenant has nobody who could invite it") as tx:
            await sample_tenant.make(tx, tenant)
    finally:
        await database.close()
    token = issuer.issue(subject=_SUBJECT, tenant_id=tenant_id, seconds=_TOKEN_SECONDS)
    return {
        "LOCKSTEP_TENANT_ID": str(tenant_id),
        "LOCKSTEP_TOKEN": token,
        "LOCKSTEP_GATEWAY_TOKEN": key,
        "LOCKSTEP_OPERATOR_TOKEN": issuer.issue_operator(subject=_OPERATOR, seconds=_TOKEN_SECONDS),
        "LOCKSTEP_SECOND_OPERATOR_TOKEN": issuer.issue_operator(subject=_SECOND_OPERATOR, seconds=_TOKEN_SECONDS),
    }


def main() -> None:
    sys.stdout.write(json.dumps(asyncio.run(make_sample_tenant())) + "\n")


if __name__ == "__main__":
    main()
