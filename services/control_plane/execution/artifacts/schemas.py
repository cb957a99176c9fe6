"""Artifacts as the API takes and shows them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from foundation.contracts.accepted.content_types import ContentType
from foundation.contracts.accepted.digests import Sha256
from foundation.contracts.accepted.file_names import FileName
from foundation.domain.ids import RunId, StepId

_LARGEST_OBJECT = 5 * 2**40
"""S3 takes no larger one; what this installation takes is a setting."""


class NewUpload(BaseModel):
    """What will be uploaded; the upload must match it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"name": "penguins.csv", "content_type": "text/csv", "size": 49544, "sha256": "0f" * 32}]
        },
    )

    name: FileName
    content_type: ContentType = "application/octet-stream"
    size: int = Field(strict=True, ge=0, le=_LARGEST_OBJECT)
    sha256: Sha256


class UploadView(BaseModel):
    """Send `fields` and then the file, as multipart form data, to `url`."""

    id: UUID
    url: str
    fields: dict[str, str]


ArtifactStatus = Literal["PENDING", "READY", "EXPIRED"]


class ArtifactView(BaseModel):
    """An artifact that is READY never changes: its bytes are those of its digest."""

    id: UUID
    status: ArtifactStatus = Field(
        description="PENDING until the file that was announced is uploaded; EXPIRED when its bytes are gone: deleted, "
        "never uploaded, or by the tenant's retention"
    )
    name: str
    size: int
    content_type: str
    sha256: str
    url: str | None = Field(
        description="presigned; opens without credentials for some minutes; null unless READY, and for operators"
    )
    expired_at: datetime | None
    created_at: datetime
    run_id: RunId | None = Field(description="whose tool has left it; null of an upload")
    step_id: StepId | None
