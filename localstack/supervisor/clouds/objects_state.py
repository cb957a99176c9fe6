"""Saves what users put into S3 and Secrets Manager to a folder, because LocalStack loses it when it ends.

The export is a folder: `index.json` names every version of every object that is not deleted, oldest first, and every
secret; `content/<sha256>` holds the bytes once. Version ids are LocalStack's own, so a restored object has new ones.
An object that LocalStack cannot serve is named in the index under `skipped`, and in the log; the others are exported.
"""

import hashlib
import json
import logging
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.secret_values import is_placeholder
from supervisor.private_files import write_private

LOG = logging.getLogger(__name__)
_PREFIX = "lockstep/"
# An object that could not be read is tried again after this many seconds, then after twice as many, and so on.
_FIRST_PAUSE_SECONDS = 10.0
# The beginning of the bucket to which every deployment uploads its assets again.
_NOT_THE_USERS = "cdk-"


@dataclass(frozen=True, slots=True)
class Version:
    """One write to a key."""

    bucket: str
    key: str
    version_id: str
    written_at: str
    sha256: str
    content_type: str
    metadata: dict[str, str]


Identity = tuple[str, str, str]
"""Bucket, key and version id."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a version could not be read, how often that was tried, and when it is tried again (by the clock)."""

    reason: str
    tries: int
    again_at: float


class ObjectsState:
    """One export folder, with what is known of it since LocalStack started."""

    def __init__(self, folder: Path, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._content = folder / "content"
        self._index = folder / "index.json"
        # A version never changes, so each is read only once while LocalStack runs.
        self._known: dict[Identity, Version] = {}
        self._unreadable: dict[Identity, Unreadable] = {}
        # Versions that could not be restored; they stay in the index, so that the next export does not lose them.
        self._not_restored: list[Version] = []
        self._clock = clock

    def forget_versions(self) -> None:
        """Forget which versions are known. To be called when LocalStack has started again, with new version ids."""
        self._known.clear()
        self._unreadable.clear()

    def export(self, s3: Any, secrets: Any, *, last: bool = False) -> None:
        """Save everything; with `last`, before LocalStack ends, try once more to read what could not be read."""
        if last:
            self._unreadable.clear()
        self._content.mkdir(mode=0o700, parents=True, exist_ok=True)
        buckets = [one["Name"] for one in s3.list_buckets()["Buckets"] if not one["Name"].startswith(_NOT_THE_USERS)]
        versions = [*self._not_restored, *(one for bucket in buckets for one in self._versions(s3, bucket))]
        skipped = [
            {"bucket": bucket, "key": key, "version_id": version_id, "reason": why.reason}
            for (bucket, key, version_id), why in self._unreadable.items()
        ]
        listed = [asdict(one) for one in versions]
        index = {"versions": listed, "secrets": _read_secrets(secrets), "skipped": skipped}
        write_private(self._index, json.dumps(index))
        kept = {one.sha256 for one in versions}
        for file in self._content.iterdir():
            if file.name not in kept:
                file.unlink()

    def _versions(self, s3: Any, bucket: str) -> list[Version]:
        found: list[tuple[str, bool, Version]] = []
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            deleted = {marker["Key"] for marker in page.get("DeleteMarkers", []) if marker["IsLatest"]}
            # LocalStack lists the newest version first.
            for entry in reversed(page.get("Versions", [])):
                if entry["Key"] in deleted:
                    continue
                identity = (bucket, entry["Key"], entry["VersionId"])
                if known := self._version(s3, identity, entry):
                    found.append((known.written_at, entry["IsLatest"], known))
        # Times are whole seconds, so several versions may have the same; the latest of a key must come last.
        return [version for _, _, version in sorted(found, key=lambda one: one[:2])]

    def _version(self, s3: Any, identity: Identity, entry: dict[str, Any]) -> Version | None:
        """The version, or None if it cannot be read: one bad object must not prevent the export of the others."""
        failed = self._unreadable.get(identity)
        if identity not in self._known and (failed is None or failed.again_at <= self._clock()):
            try:
                self._known[identity] = self._read(s3, identity, entry)
                self._unreadable.pop(identity, None)
            except (BotoCoreError, ClientError) as error:
                s3.list_buckets()  # Raises if LocalStack does not answer at all: then the object is not at fault.
                self._skip(identity, str(error))
        return self._known.get(identity)

    def _skip(self, identity: Identity, reason: str) -> None:
        before = self._unreadable.get(identity)
        tries = before.tries + 1 if before else 1
        pause = _FIRST_PAUSE_SECONDS * 2 ** (tries - 1)
        self._unreadable[identity] = Unreadable(reason, tries, self._clock() + pause)
        message = "the object %s/%s (version %s) cannot be read and is left out of the export: %s"
        LOG.warning(message, *identity, reason)

    def _read(self, s3: Any, identity: Identity, entry: dict[str, Any]) -> Version:
        bucket, key, version_id = identity
        stored = s3.get_object(Bucket=bucket, Key=key, VersionId=version_id)
        body = stored["Body"].read()
        digest = hashlib.sha256(body).hexdigest()
        file = self._content / digest
        if not file.exists():
            draft = file.with_suffix(".new")
            draft.write_bytes(body)
            draft.replace(file)
        return Version(
            bucket=bucket,
            key=key,
            version_id=version_id,
            written_at=entry["LastModified"].isoformat(),
            sha256=digest,
            content_type=stored.get("ContentType", ""),
            metadata=stored.get("Metadata", {}),
        )

    def restore(self, s3: Any, secrets: Any) -> int:
        """Write everything back, oldest first; return the number of versions. Missing buckets are created."""
        if not self._index.exists():
            return 0
        index = json.loads(self._index.read_text())
        for name, value in index["secrets"].items():
            try:
                secrets.put_secret_value(SecretId=name, SecretString=value)
            except secrets.exceptions.ResourceNotFoundException:
                secrets.create_secret(Name=name, SecretString=value)
        versions = [Version(**one) for one in index["versions"]]
        buckets = {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}
        for bucket in {one.bucket for one in versions} - buckets:
            s3.create_bucket(Bucket=bucket)
        self._not_restored = [one for one in versions if not self._put_back(s3, one)]
        return len(versions) - len(self._not_restored)

    def _put_back(self, s3: Any, one: Version) -> bool:
        body = (self._content / one.sha256).read_bytes()
        try:
            s3.put_object(
                Bucket=one.bucket, Key=one.key, Body=body, ContentType=one.content_type, Metadata=one.metadata
            )
        except (BotoCoreError, ClientError) as error:
            s3.list_buckets()
            LOG.error("the object %s/%s could not be restored: %s", one.bucket, one.key, error)
            return False
        return True


def _read_secrets(client: Any) -> dict[str, str]:
    found = {}
    for page in client.get_paginator("list_secrets").paginate():
        for secret in page["SecretList"]:
            if secret["Name"].startswith(_PREFIX):
                value = client.get_secret_value(SecretId=secret["Name"])["SecretString"]
                if not is_placeholder(value):
                    found[secret["Name"]] = value
    return found
