"""The audit that a tenant takes along names nobody by the identity provider's words, and proves itself."""

import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest

from control_plane.governance.audit.anchors import AuditAnchors
from control_plane.governance.audit.archived import verify_archive
from control_plane.governance.audit.keeper import AuditKeeper
from control_plane.governance.tenant_exports.making import ExportMaking
from fixtures.api.api_in_process import ApiInProcess
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from fixtures.machine.processes import ROOT
from foundation.cloud.objects.fake import FakeObjectStore
from foundation.domain.ids import TenantId, new_uuid
from foundation.storage.people import audit
from foundation.storage.session.database import Database

Change = Callable[[list[str]], list[str]]


async def archive_of(api: ApiInProcess, tenant_id: TenantId, subject: str, path: Path) -> Path:
    """What an owner fetches, once the audit is sealed."""
    resources = api.app.state.resources
    database: Database = resources.database
    await AuditKeeper(database, AuditAnchors(database, FakeObjectStore())).seal()
    async with api.person(subject, tenant_id=tenant_id) as owner:
        export = (await owner.post(f"/tenants/{tenant_id}/export")).raise_for_status().json()
        await ExportMaking(database, resources.objects).round()
        ready = (await owner.get(f"/tenants/{tenant_id}/exports/{export['id']}")).raise_for_status().json()
    fetched = resources.objects.fetch(ready["url"])
    path.write_bytes(fetched.body)
    return path


def rewritten(path: Path, table: str, change: Change) -> Path:
    """The archive with these rows of a table changed."""
    name, other = f"tables/{table}.jsonl", path.with_name("changed.zip")
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(other, "w") as changed:
        for one in archive.namelist():
            body = archive.read(one)
            if one == name:
                body = "".join(f"{line}\n" for line in change(body.decode().removesuffix("\n").split("\n"))).encode()
            changed.writestr(one, body)
    return other


async def test_what_people_do_for_themselves_is_told_of_their_id_and_no_subject_leaves(
    lonely_api: ApiInProcess, tmp_path: Path
) -> None:
    subject = f"idp|{new_uuid()}"
    async with lonely_api.operator() as operator:
        wanted = {"name": "Example AG", "owner_email": "ann@example.com"}
        new = (await operator.post("/tenants", json=wanted)).raise_for_status().json()
    tenant_id = TenantId(UUID(new["tenant"]["id"]))
    async with lonely_api.person(subject, email="ann@example.com") as person:
        await person.post("/invitations/accept", json={"token": new["invitation"]["token"]})
        me = (await person.put("/users/me/active-tenant", json={"tenant_id": str(tenant_id)})).raise_for_status()
    path = await archive_of(lonely_api, tenant_id, subject, tmp_path / "archive.zip")
    with zipfile.ZipFile(path) as archive:
        rows = [json.loads(line) for line in archive.read("tables/audit_log.jsonl").splitlines()]
        everything = b"".join(archive.read(name) for name in archive.namelist())
    chosen = [row["actor"] for row in rows if row["action"] == "user.choose_tenant"]
    assert chosen == [f"user:{me.json()['user_id']}"]
    assert subject.encode() not in everything


async def test_a_tenants_audit_takes_no_subject_from_any_door(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    async with lonely_api.app.state.resources.database.tenant(tenant.tenant_id) as tx:
        with pytest.raises(ValueError, match="user:<id>"):
            await audit.record(tx, tenant.tenant_id, actor="subject:ann", action="a", target="t")


OLD = re.compile(r'"audit_id":\d+,"at":"[^"]+"')
CHANGES: dict[str, tuple[str, Change, str]] = {
    "a word of a row is changed": (
        "audit_log",
        lambda lines: [line.replace('"actor":"user:ann"', '"actor":"user:bob"') for line in lines],
        "is not what was sealed",
    ),
    "a row is left out": ("audit_log", lambda lines: [one for one in lines if '"action":"b"' not in one], "is gone"),
    "a place is left out": (
        "audit_chain",
        lambda lines: [one for one in lines if '"position":2' not in one],
        "missing",
    ),
    "a row is added": (
        "audit_log",
        lambda lines: [*lines, OLD.sub('"audit_id":1000000000,"at":"2026-01-01T00:00:00+00:00"', lines[0])],
        "row 1000000000",
    ),
}


async def test_the_chain_is_verified_from_the_archive_alone(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, tmp_path: Path
) -> None:
    """Whatever PostgreSQL writes otherwise than others: numbers, escapes, and names within names."""
    tenant = Tenant().create(scratch)
    within = {"a": '"detail":{}, \\ \u2028\n', "": None}
    detail = {"é": [1, 2.5, 1e-7, 12345678901234567890], "detail": within}
    async with lonely_api.app.state.resources.database.tenant(tenant.tenant_id) as tx:
        for action in "abc":
            await audit.record(tx, tenant.tenant_id, actor="user:ann", action=action, target='"detail":', detail=detail)
    subject = f"u-{tenant.user_id}"
    path = await archive_of(lonely_api, tenant.tenant_id, subject, tmp_path / "archive.zip")
    verdict = verify_archive(path)
    assert (verdict.whose, verdict.rows, verdict.faults) == (tenant.tenant_id, 3, [])
    for table, change, said in CHANGES.values():
        [fault] = verify_archive(rewritten(path, table, change)).faults
        assert said in fault


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read: No such file or directory"),
        (b"%PDF-1.7 a statement", "is no archive of a tenant, or is damaged"),
        ({"other.txt": b"x"}, "does not have what an archive of a tenant has"),
        ({"manifest.json": b"{"}, "does not have what an archive of a tenant has"),
        ({"manifest.json": b"[]"}, "does not have what an archive of a tenant has"),
    ],
    ids=["nothing", "a pdf", "another zip", "no json", "no manifest"],
)
def test_what_is_no_archive_is_told_in_one_line(
    content: bytes | dict[str, bytes] | None, words: str, tmp_path: Path
) -> None:
    path = tmp_path / "archive.zip"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        with zipfile.ZipFile(path, "w") as archive:
            for name, body in content.items():
                archive.writestr(name, body)
    done = subprocess.run(
        [sys.executable, "-m", "control_plane.governance.audit.verify", "--archive", str(path)],
        env={"PYTHONPATH": str(ROOT / "services")},
        capture_output=True,
        text=True,
        check=False,
    )
    [told] = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (2, "")
    assert told.startswith(str(path))
    assert words in told
