"""Keys of the bucket: below one prefix forms write, and what was checked lies everywhere but there."""

from dataclasses import dataclass
from uuid import UUID

from foundation.domain.ids import ArtifactId, JobId, TenantId
from foundation.domain.words.quoting import quoted

INCOMING = "incoming/"
"""No form is signed for a key outside of it, and nothing below it is ever an artifact that is READY.

The bucket's own rule removes what stays there (`infra/capabilities/artifacts.py`), as the sweeper does before.
"""

_UPLOADS, _JOBS = "uploads", "jobs"


def require_incoming(*keys: str) -> None:
    """`ValueError` for a key that no form may be signed for."""
    for key in keys:
        if not key.startswith(INCOMING):
            raise ValueError(f"no form is signed for {quoted(key)}: what is there could be written again")


def upload_key(tenant_id: TenantId, artifact_id: ArtifactId) -> str:
    """The key that the form of an announced upload is signed for."""
    return f"{INCOMING}{tenant_id}/{_UPLOADS}/{artifact_id}"


def job_folder(tenant_id: TenantId, job_id: JobId) -> str:
    """The prefix of all keys that the forms of a job are signed for."""
    return f"{INCOMING}{tenant_id}/{_JOBS}/{job_id}/"


def job_key(tenant_id: TenantId, job_id: JobId, index: int) -> str:
    """The key that the form of one file of a job is signed for."""
    return f"{job_folder(tenant_id, job_id)}{index}"


def final_key(tenant_id: TenantId, artifact_id: ArtifactId) -> str:
    """The key of a verified upload."""
    return f"tenants/{tenant_id}/artifacts/{artifact_id}"


def final_folder(tenant_id: TenantId, job_id: JobId) -> str:
    """The prefix of the final keys of a job's files."""
    return f"tenants/{tenant_id}/{_JOBS}/{job_id}/"


def final_job_key(tenant_id: TenantId, job_id: JobId, artifact_id: ArtifactId) -> str:
    """The key of a verified file of a job. The artifact's id says which bytes they are, so that no others come here."""
    return f"{final_folder(tenant_id, job_id)}{artifact_id}"


def prefixes_of_tenant(tenant_id: TenantId) -> tuple[str, ...]:
    """Below which everything of the tenant lies: artifacts, exports; what forms wrote; and stored answers."""
    return f"tenants/{tenant_id}/", f"{INCOMING}{tenant_id}/", f"replays/{tenant_id}/"


@dataclass(frozen=True, slots=True)
class Incoming:
    """What a form's key says of itself: whose it is, and the upload or the job that it was made for."""

    tenant_id: TenantId
    upload: ArtifactId | None = None
    job: JobId | None = None


def read_incoming(key: str) -> Incoming | None:
    """None for a key that none of these functions has made."""
    tenant, _, rest = key.removeprefix(INCOMING).partition("/")
    kind, _, rest = rest.partition("/")
    try:
        tenant_id, which = TenantId(UUID(tenant)), UUID(rest.partition("/")[0])
    except ValueError:
        return None
    match kind:
        case "uploads":
            return Incoming(tenant_id, upload=ArtifactId(which))
        case "jobs":
            return Incoming(tenant_id, job=JobId(which))
    return None
