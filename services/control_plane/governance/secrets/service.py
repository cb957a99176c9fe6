"""What can be done with secrets. A value is closed before it is stored, and is part of no audit row."""

from control_plane.governance.secrets.schemas import NewSecret, SecretView
from control_plane.identity.callers import ApiCaller
from control_plane.requests.paging import Listing, Page, PageRequest
from foundation.contracts.egress.sealing import Sealer, SecretContent
from foundation.domain.errors import Conflict, NotFound, VersionMismatch
from foundation.storage import secrets
from foundation.storage.people import audit
from foundation.storage.secrets import Secret
from foundation.storage.session.database import Transaction

MAX_OF_TENANT = 1000

_SECRETS = Listing[Secret]("secrets", lambda secret: (secret.name,), kinds=(str,))


async def page(tx: Transaction, caller: ApiCaller, paging: PageRequest) -> Page[SecretView]:
    after = _SECRETS.after(paging)
    rows = await secrets.page(tx, caller.tenant_id, limit=paging.rows, after=after[0] if after else None)
    found, next_cursor = _SECRETS.cut(rows, paging)
    return Page(items=[SecretView.of(secret) for secret in found], next_cursor=next_cursor)


async def get(tx: Transaction, caller: ApiCaller, name: str) -> Secret:
    secret = await secrets.get(tx, caller.tenant_id, name)
    if secret is None:
        raise NotFound("there is no such secret", remedy="GET /api/v1/secrets lists those of your tenant")
    return secret


async def put(
    tx: Transaction, caller: ApiCaller, sealer: Sealer, name: str, wanted: NewSecret, *, expected: int | None
) -> Secret:
    """The secret as it is known now, at version 1 when it is new; an expected version is the one that is replaced."""
    tenant_id, by = caller.tenant_id, caller.user_id
    sealed = sealer.seal(SecretContent(tenant_id=tenant_id, name=name, hosts=wanted.hosts, value=wanted.value))
    if expected is None:
        secret = await secrets.put(tx, tenant_id, name, hosts=wanted.hosts, sealed=sealed, by=by)
        if secret.version == 1 and await secrets.count(tx, tenant_id) > MAX_OF_TENANT:
            raise Conflict(f"a tenant has at most {MAX_OF_TENANT} secrets", remedy="delete those that no task names")
    else:
        replaced = await secrets.replace(
            tx, tenant_id, name, hosts=wanted.hosts, sealed=sealed, by=by, expected=expected
        )
        secret = replaced or await _mismatch(tx, caller, name, expected)
    detail = {"hosts": wanted.hosts, "version": secret.version}
    await audit.record(tx, tenant_id, actor=caller.actor, action="secret.put", target=name, detail=detail)
    return secret


async def delete(tx: Transaction, caller: ApiCaller, name: str, *, expected: int | None) -> None:
    if not await secrets.remove(tx, caller.tenant_id, name, expected=expected):
        await get(tx, caller, name)
        await _mismatch(tx, caller, name, expected)
    await audit.record(tx, caller.tenant_id, actor=caller.actor, action="secret.delete", target=name)


async def _mismatch(tx: Transaction, caller: ApiCaller, name: str, expected: int | None) -> Secret:
    current = await secrets.get(tx, caller.tenant_id, name)
    where = "not there" if current is None else f"at version {current.version}"
    raise VersionMismatch(
        f"the secret is {where}, not at version {expected}", remedy="read the secret again and repeat your change"
    )
