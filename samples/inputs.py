"""What a sample's run is given: files that are uploaded or left by an earlier run, and the address of its own site.

`input.yaml` has lists of files, of which `"@file"` is uploaded and stands for the artifact, and `"@last/file"` stands
for the artifact of that name of the last completed run of the task, or for nothing where there is none. `"@site"` is
the address of the site that the sample serves.
"""

import hashlib
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import yaml
from serving import site_address

from lockstep_client import Client, every
from lockstep_client.generated.models import ListedArtifactStatus, NewUpload, RunStatus

_LAST = "@last/"


def run_input(api: Client, folder: Path, task_id: UUID, *, port: int) -> dict[str, Any]:
    """The run's input; `port` is that of the sample's site, if it serves one."""
    document: dict[str, Any] = yaml.safe_load((folder / "input.yaml").read_text(encoding="utf-8"))
    left = left_by_last_run(api, task_id) if _LAST in str(document) else {}
    return {
        name: site_address(folder, port) if value == "@site" else files(api, folder, value, left)
        for name, value in document.items()
    }


def files(api: Client, folder: Path, names: list[str], left: dict[str, UUID]) -> list[dict[str, Any]]:
    """These files as a run is given them."""
    found = []
    for name in names:
        if not name.startswith(_LAST):
            found.append(upload(api, folder / name.removeprefix("@")))
        elif (artifact := left.get(own := name.removeprefix(_LAST))) is not None:
            found.append({"artifact": str(artifact), "name": own})
    return found


def left_by_last_run(api: Client, task_id: UUID) -> dict[str, UUID]:
    """The artifacts of the last completed run of the task that can still be read, by name."""
    runs = api.runs.list_runs(task_id=task_id, status=RunStatus.COMPLETED, limit=1).items
    artifacts = every(api.runs.list_run_artifacts, runs[0].id) if runs else ()
    return {str(one.name): one.id for one in artifacts if one.status == ListedArtifactStatus.READY}


def upload(api: Client, path: Path) -> dict[str, Any]:
    """Upload the file with a presigned POST; return it as the input of a run names it."""
    body = path.read_bytes()
    wanted = NewUpload(name=path.name, content_type="text/csv", size=len(body), sha256=hashlib.sha256(body).hexdigest())
    room = api.artifacts.announce_artifact(body=wanted)
    fields, file = room.fields.to_dict(), (path.name, body, "text/csv")
    # To the store itself, which is no part of the API and knows no token.
    httpx.post(room.url, data=fields, files={"file": file}, timeout=60).raise_for_status()
    return {"artifact": str(room.id), "name": path.name}
