"""Artifacts and secrets, which are kept when everything else is destroyed."""

from typing import Any

from aws_cdk import Stack
from constructs import Construct

from infra.capabilities.artifacts import Artifacts
from infra.capabilities.secrets import Secrets
from infra.names import Names


class StorageStack(Stack):
    """The bucket of artifacts and the secrets, whose values are set after the deployment."""

    def __init__(self, scope: Construct, construct_id: str, *, names: Names, **options: Any) -> None:
        super().__init__(scope, construct_id, **options)
        Artifacts(self, "Artifacts", bucket_name=names.artifacts_bucket)
        Secrets(self, "Secrets")
