"""What can be done with API keys: one's own, and with `service_accounts:write` those of others."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from control_plane.identity.callers import ApiCaller
from control_plane.people.api_keys import leaked
from control_plane.people.api_keys.leaked import Ended, LeakOutcome, MadeKind
from control_plane.people.api_keys.schemas import KeyChange, NewKey
from control_plane.people.roles.references import grant_by
from control_plane.requests.etags import require_version
from control_plane.requests.rotations import Rotation, require_no_overlap
from control_plane.resources import AppResources
from foundation.domain.errors import BadRequest, Conflict, Fault, Forbidden, NotFound
from foundation.domain.ids import ApiKeyId, UserId, new_uuid
from foundation.domain.people.api_keys import hint_of, new_key
from foundation.domain.permissions import ApiKeyScope, Permission
from foundation.storage.limits import key_budgets
from foundation.storage.people import audit, key_records, service_accounts, tenancy
from foundation.storage.people.key_records import KeyRecord, KnownKeys, NewKeyRecord
from foundation.storage.session.database import Transaction
from foundation.storage.session.pages import PagePart
from foundation.storage.session.seen import Expected

MAX_KEYS = 50
"""Usable keys of one member."""


async def create(tx: Transaction, caller: ApiCaller, wanted: NewKey, app: AppResources) -> tuple[KeyRecord, str]:
    """The key, and its text, which is shown this once."""
    user_id = await _whose(tx, caller, wanted.service_account_id)
    _require_scopes(caller, wanted.scopes)
    permissions = await _permissions(tx, caller, wanted, user_id)
    if wanted.expires_at is not None and wanted.expires_at <= datetime.now(UTC):
        reason = "the key would have expired already; send a moment to come"
        raise BadRequest(reason, faults=(Fault("/body/expires_at", reason),))
    expires_at = wanted.expires_at or caller.until
    _require_end(caller, expires_at)
    await _require_no_budget(tx, caller)
    if await key_records.count(tx, caller.tenant_id, user_id) >= MAX_KEYS:
        raise Conflict(f"this member has {MAX_KEYS} usable keys", remedy="revoke one that nobody uses")
    key, api_key_id = new_key(), ApiKeyId(new_uuid())
    record = NewKeyRecord(
        api_key_id=api_key_id,
        user_id=user_id,
        name=wanted.name,
        hint=hint_of(key),
        digest=app.peppers.digest(key),
        scopes=set(wanted.scopes),
        permissions=permissions,
        expires_at=expires_at,
        created_by=caller.user_id,
        known_to=caller.api_key_id,
    )
    await key_records.insert(tx, caller.tenant_id, record)
    made = await get(tx, caller, api_key_id)
    await _record(tx, caller, "api_key.create", made, {"after": shown(made)})
    return made, key


async def get(tx: Transaction, caller: ApiCaller, api_key_id: ApiKeyId, *, lock: bool = False) -> KeyRecord:
    """The caller's own key, or any of the tenant's with `service_accounts:write`; `NotFound` for all others."""
    key = await key_records.get(tx, caller.tenant_id, api_key_id, lock=lock)
    if key is None or not (key.user_id == caller.user_id or manages_others(caller)):
        raise NotFound("there is no such key of yours", remedy="GET /api/v1/api-keys lists them")
    return key


def manages_others(caller: ApiCaller) -> bool:
    return Permission.SERVICE_ACCOUNTS_WRITE in caller.grant.permissions


async def page(
    tx: Transaction,
    caller: ApiCaller,
    part: PagePart,
    *,
    user_id: UserId | None,
    usable: bool | None,
) -> list[KeyRecord]:
    """Those of the tenant that the caller may see: whoever manages no others has none but their own."""
    if not manages_others(caller):
        if user_id not in (None, caller.user_id):
            return []
        user_id = caller.user_id
    return await key_records.page(tx, caller.tenant_id, part, user_id=user_id, usable=usable)


async def rotate(
    app: AppResources, caller: ApiCaller, api_key_id: ApiKeyId, wanted: Rotation, *, expected: Expected
) -> tuple[KeyRecord, str]:
    """The key with its new text. Whoever rotates a key gets it, so they must hold what it may do."""
    async with app.database.tenant(caller.tenant_id) as tx:
        await app.callers.hold(tx, caller)
        before = await _locked(tx, caller, api_key_id, expected)
        if before.revoked_at is not None:
            raise Conflict("the key is revoked", remedy="create a new one")
        if before.expires_at is not None and before.expires_at <= datetime.now(UTC):
            raise Conflict("the key has expired, and no text of it opens anything", remedy="create a new one")
        _require_end(caller, before.expires_at)
        if before.user_id != caller.user_id:
            await _require_service_account(tx, caller, before.user_id)
        await _require_rule_over(tx, caller, before)
        if caller.api_key_id not in (None, api_key_id):
            await _require_not_below(tx, caller, before)
            await _require_no_budget(tx, caller)
        require_no_overlap(before.previous_until, wanted)
        key = new_key()
        await key_records.rotate(
            tx,
            caller.tenant_id,
            api_key_id,
            digest=app.peppers.digest(key),
            hint=hint_of(key),
            overlap_seconds=wanted.overlap_seconds,
            known_to=before.known_to if caller.api_key_id == api_key_id else caller.api_key_id,
            by_itself=caller.api_key_id == api_key_id,
        )
        after = await get(tx, caller, api_key_id)
        await _record(tx, caller, "api_key.rotate", after, {"overlap_seconds": wanted.overlap_seconds})
    app.callers.forget(caller.tenant_id)
    return after, key


async def change(
    tx: Transaction, caller: ApiCaller, api_key_id: ApiKeyId, wanted: KeyChange, *, expected: Expected
) -> KeyRecord:
    before = await _locked(tx, caller, api_key_id, expected)
    await _require_rule_over(tx, caller, before)
    if wanted.name == before.name:
        return before
    await key_records.rename(tx, caller.tenant_id, api_key_id, name=wanted.name)
    detail = {"before": {"name": before.name}, "after": {"name": wanted.name}}
    await _record(tx, caller, "api_key.change", before, detail)
    return await get(tx, caller, api_key_id)


async def revoke(
    app: AppResources, caller: ApiCaller, api_key_id: ApiKeyId, *, expected: Expected, known_too: bool
) -> list[Ended]:
    """Refused here at once, by other processes within a minute. A key that is revoked already stays as it is.

    With `known_too` the keys go that it has ever made or rotated, and so on, as whoever had its text had theirs; and
    with them what was made with any of these. A key of which they have no text any more stays, and not what it made.
    What that was is the answer, the key itself first where it is revoked now.
    """
    async with app.database.tenant(caller.tenant_id) as tx:
        await app.callers.hold(tx, caller)
        through = (
            await key_records.known_through(tx, caller.tenant_id, api_key_id) if known_too else KnownKeys([], set())
        )
        known = through.keys
        before = await _locked(tx, caller, api_key_id, expected)
        ruled = [before, *(one for one in known if one.user_id == caller.user_id or manages_others(caller))]
        going = [one for one in ruled if one.revoked_at is None and one.api_key_id not in through.parted - {api_key_id}]
        for one in going:
            await _require_rule_over(tx, caller, one)
        await key_records.revoke(tx, caller.tenant_id, [one.api_key_id for one in going])
        for one in going:
            await _record(tx, caller, "api_key.revoke", one, {"before": shown(one)})
        ended = [_ended(one, LeakOutcome.REVOKED) for one in going]
        ended += [_ended(one, LeakOutcome.STAYS) for one in known if one not in going and one.revoked_at is None]
        if known_too:
            ended += await leaked.end(tx, caller, api_key_id, [one.api_key_id for one in ruled])
    app.callers.forget(caller.tenant_id)
    return ended


def _ended(key: KeyRecord, outcome: LeakOutcome) -> Ended:
    return Ended(MadeKind.API_KEY, key.api_key_id, key.name, outcome)


def shown(key: KeyRecord) -> dict[str, object]:
    """A key as the audit keeps it."""
    return {
        "name": key.name,
        "user_id": str(key.user_id),
        "scopes": sorted(key.scopes),
        "permissions": key.permissions,
        "expires_at": None if key.expires_at is None else key.expires_at.isoformat(),
    }


async def _whose(tx: Transaction, caller: ApiCaller, service_account_id: UserId | None) -> UserId:
    if service_account_id is None or service_account_id == caller.user_id:
        return caller.user_id
    caller.require(Permission.SERVICE_ACCOUNTS_WRITE)
    await _require_service_account(tx, caller, service_account_id)
    return service_account_id


async def _require_service_account(tx: Transaction, caller: ApiCaller, user_id: UserId) -> None:
    """`NotFound` for people: nobody holds a key that acts as another person."""
    if await service_accounts.get(tx, caller.tenant_id, user_id) is None:
        remedy = "GET /api/v1/service-accounts lists them; a person's keys are theirs alone"
        raise NotFound("there is no such service account", remedy=remedy)


def _require_scopes(caller: ApiCaller, scopes: Collection[ApiKeyScope]) -> None:
    if beyond := sorted(set(scopes) - caller.scopes):
        raise Forbidden(f"your key is not for {beyond[0]}, nor may one be that it makes or rules", remedy="sign in")


def _require_end(caller: ApiCaller, expires_at: datetime | None) -> None:
    """That a key which a key hands out ends with it at the latest."""
    if caller.until is not None and (expires_at is None or expires_at > caller.until):
        reason = f"your key ends at {caller.until.isoformat()}, and so must every key that it makes or rotates"
        raise Forbidden(reason, remedy="sign in, or send an `expires_at` that is not later")


async def _require_no_budget(tx: Transaction, caller: ApiCaller) -> None:
    """That no other key is handed out by one that a budget holds: its calls would count in another one's, or in none.

    Budgets are set while the tenant is held, as it is here, so that none is set meanwhile.
    """
    if caller.api_key_id is None:
        return
    budgeted = await key_budgets.budgeted_above(tx, caller.tenant_id, caller.api_key_id)
    if budgeted is not None:
        whose = (
            "your key has a budget" if budgeted == caller.api_key_id else f"key {budgeted}, which yours is of, has one"
        )
        reason = f"{whose}, and calls of another key would not count in it, so it makes none and rotates only itself"
        raise Forbidden(reason, remedy="sign in, or ask somebody who does, and make the key without one")


async def _require_not_below(tx: Transaction, caller: ApiCaller, key: KeyRecord) -> None:
    """That a key is not taken over by one that it has made, so that who has made which has an order."""
    above = await key_budgets.keys_above(tx, caller.tenant_id, ApiKeyId(caller.api_key_id or key.api_key_id))
    if key.api_key_id in above:
        reason = "the key that you call with was made or rotated with this one, or with one that was"
        raise Forbidden(reason, remedy="rotate it with itself, or sign in")


async def _permissions(
    tx: Transaction, caller: ApiCaller, wanted: NewKey, user_id: UserId
) -> Collection[Permission] | None:
    """What the key is narrowed to; None: to nothing. A key that makes a key hands on no more than it has."""
    chosen: Collection[Permission] | None = wanted.permissions
    if wanted.role is not None:
        chosen = (await grant_by(tx, caller, wanted.role, to="make this key")).permissions
    if chosen is not None:
        caller.require_all(chosen, to="make this key")
        return set(chosen)
    if user_id != caller.user_id:
        await _require_held(tx, caller, user_id, None)
        return None
    members = (await tenancy.grants_of(tx, caller.tenant_id, [user_id])).get(user_id)
    return None if members == caller.grant else caller.grant.permissions


async def _require_rule_over(tx: Transaction, caller: ApiCaller, key: KeyRecord) -> None:
    """That the caller holds all that the key may do: nobody changes or takes away what is more than theirs."""
    _require_scopes(caller, {ApiKeyScope(scope) for scope in key.scopes})
    await _require_held(tx, caller, key.user_id, key.permissions)


async def _require_held(
    tx: Transaction, caller: ApiCaller, user_id: UserId, narrowed_to: Collection[str] | None
) -> None:
    """That the caller holds what such a key may do now."""
    grant = (await tenancy.grants_of(tx, caller.tenant_id, [user_id]))[user_id]
    permitted = grant.permissions if narrowed_to is None else grant.permissions & set(narrowed_to)
    caller.require_all([Permission(one) for one in permitted], to="rule this key")


async def _locked(tx: Transaction, caller: ApiCaller, api_key_id: ApiKeyId, expected: Expected) -> KeyRecord:
    key = await get(tx, caller, api_key_id, lock=True)
    require_version("key", key.version, expected)
    return key


async def _record(
    tx: Transaction, caller: ApiCaller, action: str, key: KeyRecord, detail: Mapping[str, object]
) -> None:
    await audit.record(
        tx, caller.tenant_id, actor=caller.actor, action=action, target=str(key.api_key_id), detail=dict(detail)
    )
