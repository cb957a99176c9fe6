"""Makes a tenant on the running stack, so that a benchmark sees only its own runs."""

import json
from dataclasses import dataclass
from uuid import uuid4

import aiohttp
import boto3
import psycopg

from control_plane.identity.tokens import LocalIssuer
from foundation.domain.ids import TenantId, UserId, new_uuid
from support.settings import BenchSettings

_USER_KEY = "lockstep/user-signing-key"


@dataclass(frozen=True, slots=True)
class Tenant:
    """A new tenant, its owner as the audit names actors, and the owner's access token."""

    tenant_id: TenantId
    actor: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"}


def new_tenant(settings: BenchSettings, *, seconds: float = 3600) -> Tenant:
    """Make a tenant with one owner, whose token is valid for so long."""
    tenant_id, user_id = TenantId(new_uuid()), UserId(new_uuid())
    subject = f"bench-{user_id}"
    with psycopg.connect(settings.database_url.get_secret_value(), autocommit=True) as connection:
        connection.execute("INSERT INTO tenants (tenant_id, name) VALUES (%s, %s)", [tenant_id, f"bench {tenant_id}"])
        connection.execute("INSERT INTO users (user_id, subject) VALUES (%s, %s)", [user_id, subject])
        connection.execute(
            "INSERT INTO memberships (tenant_id, user_id, role) VALUES (%s, %s, 'owner')", [tenant_id, user_id]
        )
    secret = boto3.client("secretsmanager").get_secret_value(SecretId=_USER_KEY)["SecretString"]
    issuer = LocalIssuer(json.loads(secret), issuer=settings.issuer, client_id=settings.audience)
    return Tenant(
        tenant_id, f"user:{user_id}", issuer.issue(subject=subject, tenant_id=tenant_id, seconds=int(seconds))
    )


async def new_task(session: aiohttp.ClientSession, api: str, tenant: Tenant) -> str:
    """Make a task of one no-op step, and return its id."""
    task = {"name": f"bench-{uuid4().hex[:12]}", "steps": [{"name": "only", "kind": "noop"}]}
    async with session.post(f"{api}/tasks", json=task, headers=tenant.headers) as answer:
        answer.raise_for_status()
        return str((await answer.json())["id"])
