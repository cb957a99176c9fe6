"""What goes with a key that has leaked: what was made with it and acts, sends or lets somebody in by itself.

Webhooks, schedules and triggers are paused and not removed: whoever looks at them still sees where they sent and what
they started, and has those go on that programs of theirs had made.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from control_plane.identity.callers import ApiCaller
from control_plane.requests.answers.in_use import starts_as
from foundation.domain.ids import ApiKeyId
from foundation.domain.permissions import Permission
from foundation.storage.audit import log
from foundation.storage.leaving import deletions
from foundation.storage.leaving.deletions import DeletionStatus
from foundation.storage.limits import kill_switches
from foundation.storage.limits.kill_switches import SwitchScope
from foundation.storage.people import audit, invitations, members, roles, service_accounts, tenants
from foundation.storage.people.service_accounts import ServiceAccount
from foundation.storage.schedules import firings, schedules
from foundation.storage.session.database import Transaction
from foundation.storage.triggers import triggers
from foundation.storage.webhooks import subscriptions


class MadeKind(StrEnum):
    """What a key can make, or turn, that lasts and acts."""

    API_KEY = "api_key"
    SERVICE_ACCOUNT = "service_account"
    INVITATION = "invitation"
    WEBHOOK = "webhook"
    SCHEDULE = "schedule"
    TRIGGER = "trigger"
    MEMBER = "member"
    ROLE = "role"
    TENANT_DELETION = "tenant_deletion"
    KILL_SWITCH = "kill_switch"


class LeakOutcome(StrEnum):
    """What has become of it."""

    REVOKED = "revoked"
    REMOVED = "removed"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    STAYS = "stays"


@dataclass(frozen=True, slots=True)
class Ended:
    """One thing that the key made or turned, and what has become of it."""

    kind: MadeKind
    id: UUID
    name: str
    outcome: LeakOutcome


async def end(tx: Transaction, caller: ApiCaller, leaked: ApiKeyId, keys: Collection[ApiKeyId]) -> list[Ended]:
    """Ends what was made with one of these keys, which are `leaked` and those that were known through it.

    What they have turned and nobody can turn back without knowing what was meant is told, and stays.

    To be called while the tenant is held, so that nothing more is made with them meanwhile. `Forbidden` where a service
    account among it may do more than the caller.
    """
    because = {"made_with_leaked_key": str(leaked)}
    actors = [f"key:{one}" for one in keys]
    return [
        *await _deletion(tx, caller, actors, because),
        *await _invitations(tx, caller, keys, because),
        *await _webhooks(tx, caller, keys, because),
        *await _schedules(tx, caller, keys, because),
        *await _triggers(tx, caller, keys, because),
        *await _members(tx, caller, keys, actors),
        *await _roles(tx, caller, actors),
        *await _kill_switch(tx, caller, actors),
        *await _service_accounts(tx, caller, keys, because),
    ]


async def _deletion(
    tx: Transaction, caller: ApiCaller, actors: Collection[str], because: dict[str, str]
) -> list[Ended]:
    """The tenant's deletion while it has not begun: cancelled by who may cancel it, and else told."""
    tenant_id = caller.tenant_id
    deletion = await deletions.get(tx, tenant_id, lock=True)
    if deletion is None or deletion.status is not DeletionStatus.SCHEDULED or deletion.requested_by not in actors:
        return []
    may_cancel = Permission.TENANT_WRITE in caller.grant.permissions
    if may_cancel:
        await deletions.cancel(tx, tenant_id)
        action, detail = "tenant.delete_cancel", {"deletion_id": str(deletion.deletion_id), **because}
        await _record(tx, caller, action, tenant_id, detail)
        await audit.record_operator(tx, actor=caller.actor, action=action, target=str(tenant_id), detail=dict(detail))
    tenant = await tenants.get(tx, tenant_id)
    outcome = LeakOutcome.CANCELLED if may_cancel else LeakOutcome.STAYS
    return [Ended(MadeKind.TENANT_DELETION, deletion.deletion_id, tenant.name if tenant else "", outcome)]


async def _invitations(
    tx: Transaction, caller: ApiCaller, keys: Collection[ApiKeyId], because: dict[str, str]
) -> list[Ended]:
    ended = []
    for one in await invitations.open_by_keys(tx, caller.tenant_id, keys):
        await invitations.revoke(tx, caller.tenant_id, one.invitation_id)
        before = {"email": one.email, "role": one.grant.name}
        await _record(tx, caller, "invitation.revoke", one.invitation_id, {"before": before, **because})
        ended.append(Ended(MadeKind.INVITATION, one.invitation_id, one.email, LeakOutcome.REVOKED))
    return ended


async def _webhooks(
    tx: Transaction, caller: ApiCaller, keys: Collection[ApiKeyId], because: dict[str, str]
) -> list[Ended]:
    ended = []
    for one in await subscriptions.pause_by_keys(tx, caller.tenant_id, keys):
        after = {"name": one.name, "url": one.url, "events": one.events, "status": one.status}
        await _record(tx, caller, "webhook.change", one.webhook_id, {"after": after, **because})
        ended.append(Ended(MadeKind.WEBHOOK, one.webhook_id, one.name, LeakOutcome.PAUSED))
    # To pause would keep nobody from signing with the secret that they have.
    signed = await subscriptions.signed_by_keys(tx, caller.tenant_id, keys)
    return ended + [Ended(MadeKind.WEBHOOK, one.webhook_id, one.name, LeakOutcome.STAYS) for one in signed]


async def _schedules(
    tx: Transaction, caller: ApiCaller, keys: Collection[ApiKeyId], because: dict[str, str]
) -> list[Ended]:
    """Firings that wait start no run, as of any schedule that is paused."""
    ended = []
    for one in await schedules.pause_by_keys(tx, caller.tenant_id, keys):
        await firings.wake_queue(tx, caller.tenant_id, one.schedule_id)
        after = {"name": one.name, "task_id": str(one.task_id), "runs_as": str(one.runs_as), "paused": True}
        await _record(tx, caller, "schedule.change", one.schedule_id, {"after": after, **because})
        ended.append(Ended(MadeKind.SCHEDULE, one.schedule_id, one.name, LeakOutcome.PAUSED))
    return ended


async def _triggers(
    tx: Transaction, caller: ApiCaller, keys: Collection[ApiKeyId], because: dict[str, str]
) -> list[Ended]:
    ended = []
    for one in await triggers.pause_by_keys(tx, caller.tenant_id, keys):
        after = {"name": one.name, "task_id": str(one.task_id), "runs_as": str(one.runs_as), "paused": True}
        await _record(tx, caller, "trigger.change", one.trigger_id, {"after": after, **because})
        ended.append(Ended(MadeKind.TRIGGER, one.trigger_id, one.name, LeakOutcome.PAUSED))
    return ended


async def _members(
    tx: Transaction, caller: ApiCaller, keys: Collection[ApiKeyId], actors: Collection[str]
) -> list[Ended]:
    """Who came by its invitations, or has the role that it gave. They stay: only who reads the names knows of them."""
    given = await log.last_done_by(tx, caller.tenant_id, actors, action="member.change")
    told = dict(await members.names(tx, caller.tenant_id, given))
    told.update(await invitations.members_by_keys(tx, caller.tenant_id, keys))
    return [Ended(MadeKind.MEMBER, user_id, name, LeakOutcome.STAYS) for user_id, name in told.items()]


async def _roles(tx: Transaction, caller: ApiCaller, actors: Collection[str]) -> list[Ended]:
    """Roles that permit what it said: others may have them."""
    changed = await log.last_done_by(tx, caller.tenant_id, actors, action="role.change")
    named = await roles.names(tx, caller.tenant_id, changed)
    return [Ended(MadeKind.ROLE, role_id, name, LeakOutcome.STAYS) for role_id, name in named]


async def _kill_switch(tx: Transaction, caller: ApiCaller, actors: Collection[str]) -> list[Ended]:
    """It may have been engaged for a reason, and whoever lifts it lets the runs go on."""
    return [
        Ended(MadeKind.KILL_SWITCH, caller.tenant_id, one.reason, LeakOutcome.STAYS)
        for one in await kill_switches.engaged(tx, caller.tenant_id)
        if one.scope is SwitchScope.TENANT and one.engaged_by in actors
    ]


async def _service_accounts(
    tx: Transaction, caller: ApiCaller, keys: Collection[ApiKeyId], because: dict[str, str]
) -> list[Ended]:
    """Removed by who may remove service accounts, and else told as what stays."""
    may_remove = Permission.SERVICE_ACCOUNTS_WRITE in caller.grant.permissions
    ended = []
    for one in await service_accounts.by_keys(tx, caller.tenant_id, keys):
        if may_remove:
            await _remove(tx, caller, one, because)
        outcome = LeakOutcome.REMOVED if may_remove else LeakOutcome.STAYS
        ended.append(Ended(MadeKind.SERVICE_ACCOUNT, one.user_id, one.name, outcome))
    return ended


async def _remove(tx: Transaction, caller: ApiCaller, account: ServiceAccount, because: dict[str, str]) -> None:
    caller.require_all(account.grant.permissions, to="remove a service account that was made with this key")
    used_by = await starts_as(tx, caller.tenant_id, account.user_id, noun="service account", while_used=True)
    await service_accounts.delete(tx, caller.tenant_id, account.user_id)
    before = {"name": account.name, "role": account.grant.name, "keys": account.keys}
    detail = {"before": before, **used_by, **because}
    await _record(tx, caller, "service_account.delete", account.user_id, detail)


async def _record(tx: Transaction, caller: ApiCaller, action: str, target: UUID, detail: Mapping[str, object]) -> None:
    await audit.record(tx, caller.tenant_id, actor=caller.actor, action=action, target=str(target), detail=dict(detail))
