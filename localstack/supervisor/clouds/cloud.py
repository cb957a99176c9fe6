"""AWS as clients of the local stack see it: addresses, credentials that LocalStack accepts, names of resources."""

from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config

from infra.names import LOCAL_ACCOUNT, local_names
from supervisor.settings import Settings

_CREDENTIAL = "test"


@dataclass(frozen=True, slots=True)
class Cloud:
    """Both LocalStack processes of one stack, as its settings place them."""

    settings: Settings

    @property
    def workflow_url(self) -> str:
        return f"http://127.0.0.1:{self.settings.port_workflow}"

    @property
    def objects_url(self) -> str:
        return f"http://127.0.0.1:{self.settings.port_objects}"

    def client(self, service: str, endpoint: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=endpoint,
            region_name=self.settings.region,
            aws_access_key_id=_CREDENTIAL,
            aws_secret_access_key=_CREDENTIAL,
            config=Config(
                signature_version="s3v4" if service == "s3" else None,
                s3={"addressing_style": "path"},
                retries={"max_attempts": 2, "mode": "standard"},
                read_timeout=30,
            ),
        )

    def environment(self) -> dict[str, str]:
        """Variables that AWS's SDKs read by themselves."""
        return {
            "AWS_ENDPOINT_URL": self.workflow_url,
            "AWS_ENDPOINT_URL_S3": self.objects_url,
            "AWS_ENDPOINT_URL_SECRETS_MANAGER": self.objects_url,
            "AWS_DEFAULT_REGION": self.settings.region,
            "AWS_ACCESS_KEY_ID": _CREDENTIAL,
            "AWS_SECRET_ACCESS_KEY": _CREDENTIAL,
        }

    def names(self) -> dict[str, str]:
        """Variables by which services find what the stacks have made."""
        names = local_names(self.settings.region)
        queues = f"{self.workflow_url}/queue/{names.region}/{LOCAL_ACCOUNT}"
        return {
            "LOCKSTEP_STEPS_QUEUE_URL": f"{queues}/{names.steps_queue}",
            "LOCKSTEP_STEPS_DLQ_URL": f"{queues}/{names.dead_steps_queue}",
            "LOCKSTEP_STATE_MACHINE_ARN": names.state_machine_arn,
            "LOCKSTEP_ARTIFACTS_BUCKET": names.artifacts_bucket,
            "LOCKSTEP_AUDIT_BUCKET": names.audit_bucket,
        }
