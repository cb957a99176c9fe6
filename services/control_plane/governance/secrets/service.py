"""What can be done with secrets. A value is closed before it is stored, and is part of no audit row."""

from control_plane.governance.secrets.schemas import NewSecret
from control_plane.identity.callers import ApiCaller
from control_plane.requests.answers.in_use import SHOWN_USES, require_unused
from control_plane.requests.etags import stale
from foundation.contracts.egress.sealing import Sealer, SecretContent
from foundation.domain.errors import Conflict, NotFound
from foundation.storage import secrets
from foundation.storage import uses as uses_of
from foundation.storage.people import audit
from foundation.storage.secrets import Secret
from foundation.storage.session.database import Transaction
from foundation.storage.session.seen import Expected, only_makes

MAX_OF_TENANT = 1000


async def get(tx: Transaction, caller: ApiCaller, name: str) -> Secret:
    secret = await secrets.get(tx, caller.tenant_id, name)
    if secret is None:
        raise NotFound("there is no such secret", remedy="GET /api/v1/secrets lists those of your tenant")
    return secret


async def put(
    tx: Transaction, caller: ApiCaller, sealer: Sealer, name: str, wanted: NewSecret, *, expected: Expected
) -> tuple[Secret, bool]:
    """The secret as it is known now, and whether it is new; an expected version is the one that is replaced."""
    tenant_id, by = caller.tenant_id, caller.user_id
    sealed = sealer.seal(SecretContent(tenant_id=tenant_id, name=name, hosts=wanted.hosts, value=wanted.value))
    if expected is None or expected.nothing:
        new = only_makes(expected)
        put = await secrets.put(tx, tenant_id, name, hosts=wanted.hosts, sealed=sealed, by=by, only_new=new)
        secret, is_new = put or (await _mismatch(tx, caller, name, expected), False)
        if is_new and await secrets.count(tx, tenant_id) > MAX_OF_TENANT:
            raise Conflict(f"a tenant has at most {MAX_OF_TENANT} secrets", remedy="delete those that no task names")
    else:
        replaced = await secrets.replace(
            tx, tenant_id, name, hosts=wanted.hosts, sealed=sealed, by=by, expected=expected
        )
        secret, is_new = replaced or await _mismatch(tx, caller, name, expected), False
    detail = {"hosts": wanted.hosts, "version": secret.version}
    await audit.record(tx, tenant_id, actor=caller.actor, action="secret.put", target=name, detail=detail)
    return secret, is_new


async def delete(tx: Transaction, caller: ApiCaller, name: str, *, expected: Expected, while_used: bool) -> None:
    """`InUse` where tasks that may still be run name it, unless they may fail: then the audit has which they are."""
    uses = await uses_of.of_secret(tx, caller.tenant_id, name, most=SHOWN_USES + 1)
    if not while_used:
        require_unused("secret", uses)
    if not await secrets.remove(tx, caller.tenant_id, name, expected=expected):
        await get(tx, caller, name)
        await _mismatch(tx, caller, name, expected)
    detail = {"used_by": [use.document() for use in uses]} if uses else {}
    await audit.record(tx, caller.tenant_id, actor=caller.actor, action="secret.delete", target=name, detail=detail)


async def _mismatch(tx: Transaction, caller: ApiCaller, name: str, expected: Expected) -> Secret:
    current = await secrets.get(tx, caller.tenant_id, name)
    raise stale("secret", None if current is None else current.version, expected)
