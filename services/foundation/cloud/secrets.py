"""Secrets by name, as they stand in Secrets Manager."""

from typing import TYPE_CHECKING

from foundation.cloud.faults import unavailable

if TYPE_CHECKING:
    from types_aiobotocore_secretsmanager import SecretsManagerClient


async def read_secret(client: "SecretsManagerClient", name: str) -> str:
    """The secret's current text; `DependencyUnavailable` when it cannot be read."""
    with unavailable(f"the secret {name!r}"):
        return (await client.get_secret_value(SecretId=name))["SecretString"]
