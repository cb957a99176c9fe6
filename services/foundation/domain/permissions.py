"""Which role may do what: a closed list of permissions, and the built-in roles as sets of them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from foundation.domain.ids import RoleId, UserId


class Permission(StrEnum):
    """What a route asks of its caller: a noun of the tenant, and what is done with it."""

    TASKS_READ = "tasks:read"
    TASKS_WRITE = "tasks:write"
    RUNS_READ = "runs:read"
    RUNS_WRITE = "runs:write"
    CHECKPOINTS_DELETE = "checkpoints:delete"
    ARTIFACTS_READ = "artifacts:read"
    ARTIFACTS_WRITE = "artifacts:write"
    APPROVALS_READ = "approvals:read"
    APPROVALS_DECIDE = "approvals:decide"
    BUDGETS_READ = "budgets:read"
    BUDGETS_WRITE = "budgets:write"
    LIMITS_READ = "limits:read"
    LIMITS_WRITE = "limits:write"
    EGRESS_READ = "egress:read"
    EGRESS_WRITE = "egress:write"
    SECRETS_READ = "secrets:read"
    SECRETS_WRITE = "secrets:write"
    TOOL_SOURCES_READ = "tool_sources:read"
    TOOL_SOURCES_WRITE = "tool_sources:write"
    WEBHOOKS_READ = "webhooks:read"
    WEBHOOKS_WRITE = "webhooks:write"
    SCHEDULES_READ = "schedules:read"
    SCHEDULES_WRITE = "schedules:write"
    TRIGGERS_READ = "triggers:read"
    TRIGGERS_WRITE = "triggers:write"
    KILL_SWITCH_READ = "kill_switch:read"
    KILL_SWITCH_WRITE = "kill_switch:write"
    MODELS_CALL = "models:call"
    USAGE_READ = "usage:read"
    OPERATIONS_READ = "operations:read"
    MEMBERS_READ = "members:read"
    MEMBERS_WRITE = "members:write"
    ROLES_WRITE = "roles:write"
    API_KEYS_READ = "api_keys:read"
    API_KEYS_WRITE = "api_keys:write"
    SERVICE_ACCOUNTS_WRITE = "service_accounts:write"
    AUDIT_READ = "audit:read"
    TENANT_READ = "tenant:read"
    TENANT_WRITE = "tenant:write"
    OWNERS_WRITE = "owners:write"


PASSING = frozenset(
    {Permission.RUNS_WRITE, Permission.ARTIFACTS_WRITE, Permission.APPROVALS_DECIDE, Permission.CHECKPOINTS_DELETE}
)
"""What is done with these ends by itself, as a run does. All else that writes leaves something that lasts."""

OPERATE = "platform:operate"
"""What operators of the platform hold, and nobody else: no role of a tenant can have it."""

SIGNED_IN = "signed_in"
"""What every person with a token holds, for what is their own."""

SIGNED = "signature"
"""What whoever knows the secret of a trigger holds, for calls of that trigger alone."""


class Role(StrEnum):
    """The roles that every tenant has; `PERMISSIONS_OF` says what each may do."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    VIEWER = "viewer"


class ApiKeyScope(StrEnum):
    """What an API key may be used for."""

    API = "api"
    GATEWAY = "gateway"


RESERVED_TO_OWNERS = frozenset({Permission.TENANT_WRITE, Permission.OWNERS_WRITE})
"""To change the tenant itself, and to make somebody its owner: no custom role may have these."""

_VIEWER = frozenset(
    {
        Permission.TASKS_READ,
        Permission.RUNS_READ,
        Permission.ARTIFACTS_READ,
        Permission.APPROVALS_READ,
        Permission.BUDGETS_READ,
        Permission.LIMITS_READ,
        Permission.EGRESS_READ,
        Permission.SECRETS_READ,
        Permission.TOOL_SOURCES_READ,
        Permission.WEBHOOKS_READ,
        Permission.SCHEDULES_READ,
        Permission.TRIGGERS_READ,
        Permission.KILL_SWITCH_READ,
        Permission.USAGE_READ,
        Permission.MEMBERS_READ,
        Permission.TENANT_READ,
    }
)
_MEMBER = _VIEWER | {
    Permission.TASKS_WRITE,
    Permission.TOOL_SOURCES_WRITE,
    Permission.RUNS_WRITE,
    Permission.SCHEDULES_WRITE,
    Permission.TRIGGERS_WRITE,
    Permission.ARTIFACTS_WRITE,
    Permission.APPROVALS_DECIDE,
    Permission.MODELS_CALL,
    Permission.API_KEYS_READ,
    Permission.API_KEYS_WRITE,
}
_ADMIN = _MEMBER | {
    Permission.CHECKPOINTS_DELETE,
    Permission.BUDGETS_WRITE,
    Permission.LIMITS_WRITE,
    Permission.EGRESS_WRITE,
    Permission.SECRETS_WRITE,
    Permission.WEBHOOKS_WRITE,
    Permission.KILL_SWITCH_WRITE,
    Permission.OPERATIONS_READ,
    Permission.MEMBERS_WRITE,
    Permission.ROLES_WRITE,
    Permission.SERVICE_ACCOUNTS_WRITE,
    Permission.AUDIT_READ,
}

PERMISSIONS_OF: Mapping[Role, frozenset[Permission]] = {
    Role.VIEWER: _VIEWER,
    Role.MEMBER: _MEMBER,
    Role.ADMIN: _ADMIN,
    Role.OWNER: _ADMIN | RESERVED_TO_OWNERS,
}


BREAK_GLASS = frozenset({Permission.TASKS_READ, Permission.RUNS_READ, Permission.ARTIFACTS_READ})
"""What an operator may do in a tenant by an access that the tenant sees: read what a failing run is made of."""


_BY_NAME = {permission.value: permission for permission in Permission}


@dataclass(frozen=True, slots=True)
class Grant:
    """What a member may do: by a built-in role, or by a role that the tenant made (`role` is None then)."""

    role: Role | None
    role_id: RoleId | None
    name: str
    permissions: frozenset[Permission]

    @classmethod
    def built_in(cls, role: Role) -> "Grant":
        return cls(role, None, role.value, PERMISSIONS_OF[role])


def known_permissions(names: Collection[str]) -> frozenset[Permission]:
    """Those of the stored names that this version knows: one that a later version has made grants nothing here."""
    return frozenset(_BY_NAME[name] for name in names if name in _BY_NAME)


def holders_of(permission: Permission) -> str:
    """Who of every tenant holds a permission, in words for whoever does not."""
    is_owners = permission not in PERMISSIONS_OF[Role.ADMIN]
    return "an owner of the tenant" if is_owners else "an administrator or an owner of the tenant"


DECIDING_ROLES = frozenset(role for role, held in PERMISSIONS_OF.items() if Permission.APPROVALS_DECIDE in held)
"""The built-in roles that a step may name for its decision; no request can give a viewer the decision."""


def may_decide(grant: Grant, user_id: UserId, *, roles: Collection[Role], users: Collection[UserId]) -> bool:
    """Whether a member may decide a request that names these roles and users; one of either kind is enough.

    Where it names nobody, whoever holds `approvals:decide` may, custom roles included.
    """
    if Permission.APPROVALS_DECIDE not in grant.permissions:
        return False
    if not roles and not users:
        return True
    return grant.role in roles or user_id in users


def deciders(*, roles: Collection[Role], users: Collection[UserId]) -> str:
    """Who may decide, in words."""
    if not roles and not users:
        return f"whoever holds {Permission.APPROVALS_DECIDE}"
    words = [*(f"role {role}" for role in Role if role in roles), *(f"user {user_id}" for user_id in users)]
    return " or ".join(words)
