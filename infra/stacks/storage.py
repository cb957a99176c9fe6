"""Artifacts and secrets, which are kept when everything else is destroyed."""

from typing import Any

from aws_cdk import Stack
from constructs import Construct

from infra.capabilities.artifacts import Artifacts
from infra.capabilities.audit_anchors import AuditAnchors
from infra.capabilities.secrets import Secrets
from infra.names import LOCAL_ENV, Names


class StorageStack(Stack):
    """The buckets of artifacts and of the audit, and the secrets, whose values are set after the deployment."""

    def __init__(self, scope: Construct, construct_id: str, *, names: Names, **options: Any) -> None:
        super().__init__(scope, construct_id, **options)
        Artifacts(self, "Artifacts", bucket_name=names.artifacts_bucket)
        AuditAnchors(self, "AuditAnchors", bucket_name=names.audit_bucket, locked=names.env != LOCAL_ENV)
        Secrets(self, "Secrets")
