"""Keeps what users put into S3 and Secrets Manager, because LocalStack forgets it when it ends.

The export is a folder: `index.json` names every version of every object that is not deleted, oldest first, and every
secret; `content/<sha256>` holds the bytes once. Version ids are LocalStack's own, so a restored object has new ones.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from supervisor.keys import is_placeholder
from supervisor.passwords import write_private

_PREFIX = "lockstep/"
# Deployments put their assets there, again each time.
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


class ObjectsState:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._content = folder / "content"
        self._index = folder / "index.json"
        # Versions never change, so each is read once in the life of one LocalStack.
        self._known: dict[tuple[str, str, str], Version] = {}

    def forget_versions(self) -> None:
        """To be called when LocalStack was started again: its version ids are new."""
        self._known.clear()

    def export(self, s3: Any, secrets: Any) -> None:
        self._content.mkdir(mode=0o700, parents=True, exist_ok=True)
        buckets = [one["Name"] for one in s3.list_buckets()["Buckets"] if not one["Name"].startswith(_NOT_THE_USERS)]
        versions = [one for bucket in buckets for one in self._versions(s3, bucket)]
        index = {"versions": [asdict(one) for one in versions], "secrets": _read_secrets(secrets)}
        write_private(self._index, json.dumps(index))
        kept = {one.sha256 for one in versions}
        for file in self._content.iterdir():
            if file.name not in kept:
                file.unlink()

    def _versions(self, s3: Any, bucket: str) -> list[Version]:
        found: list[tuple[str, bool, Version]] = []
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            deleted = {marker["Key"] for marker in page.get("DeleteMarkers", []) if marker["IsLatest"]}
            # They are listed newest first.
            for entry in reversed(page.get("Versions", [])):
                if entry["Key"] in deleted:
                    continue
                identity = (bucket, entry["Key"], entry["VersionId"])
                if identity not in self._known:
                    self._known[identity] = self._read(s3, identity, entry)
                known = self._known[identity]
                found.append((known.written_at, entry["IsLatest"], known))
        # Times are whole seconds: of those that share one, the latest version of a key must come last.
        return [version for _, _, version in sorted(found, key=lambda one: one[:2])]

    def _read(self, s3: Any, identity: tuple[str, str, str], entry: dict[str, Any]) -> Version:
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
        """Puts everything back, oldest first; returns the number of objects. Buckets come from the stack."""
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
        for one in versions:
            s3.put_object(
                Bucket=one.bucket,
                Key=one.key,
                Body=(self._content / one.sha256).read_bytes(),
                ContentType=one.content_type,
                Metadata=one.metadata,
            )
        return len(versions)


def _read_secrets(client: Any) -> dict[str, str]:
    found = {}
    for page in client.get_paginator("list_secrets").paginate():
        for secret in page["SecretList"]:
            if secret["Name"].startswith(_PREFIX):
                value = client.get_secret_value(SecretId=secret["Name"])["SecretString"]
                if not is_placeholder(value):
                    found[secret["Name"]] = value
    return found
