"""`python -m control_plane.identity.issue_token`: prints a local access token for a subject and a tenant."""

import argparse
import asyncio
import json
import sys
from uuid import UUID

from control_plane.identity.tokens import LocalIssuer
from control_plane.settings import IdentitySettings
from foundation.cloud.clients import Clients
from foundation.cloud.secrets import read_secret
from foundation.domain.ids import TenantId


async def local_issuer(settings: IdentitySettings, clients: Clients) -> LocalIssuer:
    """The issuer of this machine, with the key from Secrets Manager."""
    private_jwk = json.loads(await read_secret(await clients.secretsmanager(), settings.user_key_secret))
    return LocalIssuer(private_jwk, issuer=settings.issuer, client_id=settings.audience)


async def issue(subject: str, tenant_id: TenantId, seconds: int) -> str:
    settings = IdentitySettings()
    if settings.jwks_url is not None:
        raise SystemExit(
            "tokens of this deployment come from its identity provider (LOCKSTEP_JWKS_URL is set): get one there"
        )
    async with Clients() as clients:
        issuer = await local_issuer(settings, clients)
    return issuer.issue(subject=subject, tenant_id=tenant_id, seconds=seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subject", required=True)
    parser.add_argument("--tenant", required=True, type=UUID)
    parser.add_argument("--seconds", type=int, default=86_400)
    arguments = parser.parse_args()
    sys.stdout.write(asyncio.run(issue(arguments.subject, arguments.tenant, arguments.seconds)) + "\n")


if __name__ == "__main__":
    main()
