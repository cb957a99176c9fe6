"""The bucket in which the heads of audits are anchored: what is written there is changed and removed by nobody."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_s3 as s3
from constructs import Construct

RETENTION_DAYS = 3650


class AuditAnchors(Construct):
    """Under Object Lock in compliance mode, which not even the account's root lifts; `locked` is false locally."""

    def __init__(self, scope: Construct, construct_id: str, *, bucket_name: str, locked: bool) -> None:
        super().__init__(scope, construct_id)
        retention = s3.ObjectLockRetention.compliance(Duration.days(RETENTION_DAYS))
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            bucket_name=bucket_name,
            versioned=True,
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            object_lock_enabled=True if locked else None,
            object_lock_default_retention=retention if locked else None,
            removal_policy=RemovalPolicy.RETAIN,
        )
