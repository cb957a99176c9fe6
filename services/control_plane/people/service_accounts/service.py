"""What can be done with service accounts: made, read, renamed, and removed with all their keys."""

from collections.abc import Mapping

from control_plane.identity.callers import ApiCaller
from control_plane.people.roles.references import grant_by
from control_plane.people.service_accounts.schemas import NewServiceAccount, ServiceAccountChange
from control_plane.requests.answers.in_use import starts_as
from control_plane.requests.etags import require_version
from control_plane.resources import AppResources
from foundation.contracts.accepted.shown_text import as_read
from foundation.domain.errors import Conflict, NotFound
from foundation.domain.ids import UserId, new_uuid
from foundation.domain.words.quoting import quoted
from foundation.storage.people import audit, service_accounts
from foundation.storage.people.service_accounts import ServiceAccount
from foundation.storage.session.database import Transaction
from foundation.storage.session.seen import Expected

MAX_SERVICE_ACCOUNTS = 200
"""Of one tenant."""


async def create(tx: Transaction, caller: ApiCaller, wanted: NewServiceAccount) -> ServiceAccount:
    grant = await grant_by(tx, caller, wanted.role, to="make this service account")
    if await service_accounts.count(tx, caller.tenant_id) >= MAX_SERVICE_ACCOUNTS:
        raise Conflict(f"the tenant has {MAX_SERVICE_ACCOUNTS} service accounts", remedy="remove one")
    await _require_own_name(tx, caller, wanted.name)
    user_id = UserId(new_uuid())
    await service_accounts.insert(
        tx,
        caller.tenant_id,
        user_id,
        name=wanted.name,
        description=wanted.description,
        grant=grant,
        by=caller.user_id,
        by_key=caller.api_key_id,
    )
    made = await get(tx, caller, user_id)
    await _record(tx, caller, "service_account.create", made, {"after": shown(made)})
    return made


async def change(
    tx: Transaction, caller: ApiCaller, user_id: UserId, wanted: ServiceAccountChange, *, expected: Expected
) -> ServiceAccount:
    """Only how it is called: what it may do is changed as of any member."""
    await service_accounts.count(tx, caller.tenant_id)  # so that no other gets the name meanwhile
    before = await get(tx, caller, user_id, lock=True)
    require_version("service account", before.version, expected)
    was = {"name": before.name, "description": before.description}
    becomes = {**was, **wanted.model_dump(include=wanted.model_fields_set)}
    if becomes == was:
        return before
    if becomes["name"] != before.name:
        await _require_own_name(tx, caller, becomes["name"], but=user_id)
    await service_accounts.update(tx, caller.tenant_id, user_id, **becomes)
    after = await get(tx, caller, user_id)
    await _record(tx, caller, "service_account.change", after, {"before": was, "after": becomes})
    return after


async def _require_own_name(tx: Transaction, caller: ApiCaller, name: str, *, but: UserId | None = None) -> None:
    """`Conflict` where another one reads the same."""
    every = service_accounts.PAGES.orders.first(MAX_SERVICE_ACCOUNTS)
    for other in await service_accounts.page(tx, caller.tenant_id, every):
        if other.user_id != but and as_read(other.name) == as_read(name):
            raise Conflict(f"a service account is named {quoted(other.name)} already", remedy="choose another name")


async def get(tx: Transaction, caller: ApiCaller, user_id: UserId, *, lock: bool = False) -> ServiceAccount:
    account = await service_accounts.get(tx, caller.tenant_id, user_id, lock=lock)
    if account is None:
        raise NotFound("there is no such service account", remedy="GET /api/v1/service-accounts lists them")
    return account


async def delete(
    app: AppResources, caller: ApiCaller, user_id: UserId, *, expected: Expected, while_used: bool
) -> None:
    """Its keys die with it: here at once, in other processes within a minute.

    `InUse` where schedules or triggers start runs as it, unless they may fail: then the audit has which they are.
    """
    async with app.database.tenant(caller.tenant_id) as tx:
        await app.callers.hold(tx, caller)
        account = await get(tx, caller, user_id, lock=True)
        require_version("service account", account.version, expected)
        caller.require_all(account.grant.permissions, to="remove this service account")
        used_by = await starts_as(tx, caller.tenant_id, user_id, noun="service account", while_used=while_used)
        await service_accounts.delete(tx, caller.tenant_id, user_id)
        await _record(tx, caller, "service_account.delete", account, {"before": shown(account), **used_by})
    app.callers.forget(caller.tenant_id)


def shown(account: ServiceAccount) -> dict[str, object]:
    """A service account as the audit keeps it."""
    return {"name": account.name, "role": account.grant.name, "keys": account.keys}


async def _record(
    tx: Transaction, caller: ApiCaller, action: str, account: ServiceAccount, detail: Mapping[str, object]
) -> None:
    await audit.record(
        tx, caller.tenant_id, actor=caller.actor, action=action, target=str(account.user_id), detail=dict(detail)
    )
