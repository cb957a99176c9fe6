"""Deploys a synthesized CloudFormation stack; fails if LocalStack only pretends to make a resource."""

import io
import json
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from supervisor.errors import DeployFailed

Client = Callable[[str], Any]

_POLL_SECONDS = 0.1
_PATIENCE_SECONDS = 120.0
_PRETENDED = "deployed as a fallback"
_NOTHING_TO_DO = ("didn't contain changes", "No updates are to be performed")
# A stack in one of these states can only be deleted.
_BROKEN = {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "REVIEW_IN_PROGRESS", "DELETE_FAILED"}


def publish(stack: str, cloud_assembly: Path, client: Client) -> dict[str, str]:
    """Upload the stack's assets, apply a change set, return the stack's outputs. It may be repeated."""
    _upload_assets(cloud_assembly / f"{stack}.assets.json", client("s3"))
    cloudformation = client("cloudformation")
    status = _status(cloudformation, stack)
    if status in _BROKEN:
        cloudformation.delete_stack(StackName=stack)
        _settle(cloudformation, stack, want_gone=True)
        status = None
    known = _event_ids(cloudformation, stack) if status else set()
    template = (cloud_assembly / f"{stack}.template.json").read_text()
    if _apply(cloudformation, stack, template, kind="UPDATE" if status else "CREATE"):
        status = _settle(cloudformation, stack)
        _refuse_failure(cloudformation, stack, status, known)
    _refuse_pretended(cloudformation, stack)
    return _outputs(cloudformation, stack)


def _upload_assets(manifest: Path, s3: Any) -> None:
    for asset in json.loads(manifest.read_text())["files"].values():
        source = manifest.parent / asset["source"]["path"]
        body = _zip(source) if asset["source"]["packaging"] == "zip" else source.read_bytes()
        for destination in asset["destinations"].values():
            bucket = destination["bucketName"]
            try:
                s3.head_bucket(Bucket=bucket)
            except ClientError:
                s3.create_bucket(Bucket=bucket)
            s3.put_object(Bucket=bucket, Key=destination["objectKey"], Body=body)


def _zip(folder: Path) -> bytes:
    """An archive that has the same bytes for the same files: names are sorted, dates and modes are constant."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(one for one in folder.rglob("*") if one.is_file()):
            entry = zipfile.ZipInfo(str(file.relative_to(folder)), date_time=(1980, 1, 1, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, file.read_bytes())
    return buffer.getvalue()


def _apply(cloudformation: Any, stack: str, template: str, *, kind: str) -> bool:
    """Apply the template; False if the stack is already as the template says."""
    change_set = f"change-{time.time_ns()}"
    cloudformation.create_change_set(
        StackName=stack,
        ChangeSetName=change_set,
        ChangeSetType=kind,
        TemplateBody=template,
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
    )
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        found = cloudformation.describe_change_set(StackName=stack, ChangeSetName=change_set)
        if found["Status"] == "CREATE_COMPLETE":
            cloudformation.execute_change_set(StackName=stack, ChangeSetName=change_set)
            return True
        if found["Status"] == "FAILED":
            reason = found.get("StatusReason", "")
            if any(words in reason for words in _NOTHING_TO_DO):
                cloudformation.delete_change_set(StackName=stack, ChangeSetName=change_set)
                return False
            raise DeployFailed(f"{stack}: change set refused: {reason}")
        time.sleep(_POLL_SECONDS)
    raise DeployFailed(f"{stack}: the change set was not ready in {_PATIENCE_SECONDS:.0f} s")


def _settle(cloudformation: Any, stack: str, *, want_gone: bool = False) -> str | None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        status = _status(cloudformation, stack)
        if status is None and want_gone:
            return None
        if status and not status.endswith("_IN_PROGRESS"):
            return status
        time.sleep(_POLL_SECONDS)
    raise DeployFailed(f"{stack}: still busy after {_PATIENCE_SECONDS:.0f} s")


def _refuse_failure(cloudformation: Any, stack: str, status: str | None, known: set[str]) -> None:
    if status in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
        return
    reasons = [
        f"  {one['LogicalResourceId']}: {one.get('ResourceStatusReason', one['ResourceStatus'])}"
        for one in _events(cloudformation, stack)
        if one["EventId"] not in known and one["ResourceStatus"].endswith("_FAILED")
    ]
    raise DeployFailed(f"{stack} ended as {status}:\n" + "\n".join(reasons))


def _refuse_pretended(cloudformation: Any, stack: str) -> None:
    """Check all resources of the stack, because an earlier deployment may have made the pretended one."""
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
    present = {one["LogicalResourceId"] for page in pages for one in page["StackResourceSummaries"]}
    pretended = {
        f"{one['LogicalResourceId']} ({one['ResourceType']})"
        for one in _events(cloudformation, stack)
        if one["LogicalResourceId"] in present and _PRETENDED in one.get("ResourceStatusReason", "")
    }
    if pretended:
        raise DeployFailed(f"{stack}: LocalStack only pretends to make {', '.join(sorted(pretended))}")


def _status(cloudformation: Any, stack: str) -> str | None:
    try:
        status: str = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
    except ClientError as error:
        if "does not exist" in error.response["Error"]["Message"]:
            return None
        raise
    return None if status == "DELETE_COMPLETE" else status


def _events(cloudformation: Any, stack: str) -> list[dict[str, Any]]:
    pages = cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack)
    return [event for page in pages for event in page["StackEvents"]]


def _event_ids(cloudformation: Any, stack: str) -> set[str]:
    return {event["EventId"] for event in _events(cloudformation, stack)}


def _outputs(cloudformation: Any, stack: str) -> dict[str, str]:
    found = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}
