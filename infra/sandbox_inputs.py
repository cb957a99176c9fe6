"""What a deployment of the sandbox is told: images by their digest, the launcher's address, a list of S3's addresses.

Nothing here builds images: they are pushed to ECR by whoever has them, and named by what they contain.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlsplit

ZONE = "lockstep.internal"
"""The names of the platform inside its networks."""
_IMAGE = re.compile(r"[a-z0-9][a-z0-9._/-]{0,200}@sha256:[0-9a-f]{64}")
_PREFIX_LIST = re.compile(r"pl-[0-9a-f]+")


@dataclass(frozen=True, slots=True)
class Image:
    """One of the account's own registry, by its repository and digest."""

    repository: str
    digest: str

    @classmethod
    def of(cls, text: str) -> "Image":
        repository, _, digest = text.partition("@")
        return cls(repository, digest)


@dataclass(frozen=True, slots=True)
class SandboxInputs:
    """Raises `ValueError`, by `of`, on what is missing, unknown or of another form."""

    runner_image: str
    """`repository@sha256:…` of the image that has the runner and the sandbox's files."""
    egress_image: str
    """`repository@sha256:…` of the image of the tool runtime (`requirements/tool-runtime.txt`)."""
    launcher_url: str
    """Where runners and the egress service find the launcher, a name below `lockstep.internal`."""
    s3_prefix_list: str
    """The managed list `com.amazonaws.<region>.s3`: `aws ec2 describe-managed-prefix-lists` tells its id."""
    gateway_port: int = 8081

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "SandboxInputs":
        known = {one.name for one in fields(cls)}
        needed = known - {"gateway_port"}
        if wrong := sorted((needed - given.keys()) | (given.keys() - known)):
            raise ValueError(f"the sandbox's inputs are {', '.join(sorted(known))}; missing or unknown: {wrong}")
        made = cls(**given)
        for name in ("runner_image", "egress_image"):
            if not _IMAGE.fullmatch(getattr(made, name)):
                raise ValueError(f"{name} is `repository@sha256:…`: a tag may come to mean another image")
        if not _PREFIX_LIST.fullmatch(made.s3_prefix_list):
            raise ValueError("s3_prefix_list is an id such as pl-6da54004")
        if not made.launcher_host.endswith(f".{ZONE}"):
            raise ValueError(f"launcher_url is http(s)://<name>.{ZONE}:<port>")
        return made

    @property
    def launcher_host(self) -> str:
        return urlsplit(self.launcher_url).hostname or ""

    @property
    def launcher_port(self) -> int:
        parts = urlsplit(self.launcher_url)
        return parts.port or (443 if parts.scheme == "https" else 80)
