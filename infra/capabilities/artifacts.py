"""The bucket in which runs keep files."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.names import INCOMING

_INCOMING_DAYS = 3


class Artifacts(Construct):
    """The bucket; destroying its stack keeps it."""

    def __init__(self, scope: Construct, construct_id: str, *, bucket_name: str) -> None:
        super().__init__(scope, construct_id)
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            bucket_name=bucket_name,
            versioned=True,
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            removal_policy=RemovalPolicy.RETAIN,
            lifecycle_rules=[
                s3.LifecycleRule(
                    abort_incomplete_multipart_upload_after=Duration.days(1),
                    noncurrent_version_expiration=Duration.days(30),
                ),
                # What was sent is copied from there and removed, at the latest by the control plane after a day, which
                # also looks for copies that nobody has recorded. So it comes first, and this rule is for its absence.
                s3.LifecycleRule(
                    prefix=INCOMING,
                    expiration=Duration.days(_INCOMING_DAYS),
                    noncurrent_version_expiration=Duration.days(1),
                ),
            ],
        )
