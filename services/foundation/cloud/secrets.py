"""Reads secrets by name from Secrets Manager."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from foundation.cloud.faults import code_of, unavailable
from foundation.domain.words.quoting import quoted

if TYPE_CHECKING:
    from types_aiobotocore_secretsmanager import SecretsManagerClient


async def read_secret(client: "SecretsManagerClient", name: str) -> str:
    """The secret's current text; `DependencyUnavailable` when it cannot be read."""
    with unavailable(f"the secret {quoted(name)}"):
        return (await client.get_secret_value(SecretId=name))["SecretString"]


async def find_secret(client: "SecretsManagerClient", name: str) -> str | None:
    """The secret's current text; None when there is no such secret."""
    with unavailable(f"the secret {quoted(name)}"):
        try:
            return (await client.get_secret_value(SecretId=name))["SecretString"]
        except ClientError as error:
            if code_of(error) == "ResourceNotFoundException":
                return None
            raise
