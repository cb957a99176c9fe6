"""Which role may do what."""

from collections.abc import Collection
from enum import StrEnum

from foundation.domain.ids import UserId


class Role(StrEnum):
    """A user's part in a tenant; `_GRANTS` says what each may do. An owner may do what an administrator may."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    VIEWER = "viewer"


class Permission(StrEnum):
    """What a route asks of its caller: to see, to start and steer runs, to define tasks, to administer the tenant."""

    READ = "read"
    RUN = "run"
    DECIDE = "decide"
    DEFINE = "define"
    ADMINISTER = "administer"


class ApiKeyScope(StrEnum):
    """What an API key may be used for."""

    API = "api"
    GATEWAY = "gateway"


# Each role may do what the one before it may; nothing is reserved to owners yet.
_GRANTS: dict[Role, frozenset[Permission]] = {
    Role.VIEWER: frozenset({Permission.READ}),
    Role.MEMBER: frozenset({Permission.READ, Permission.RUN, Permission.DECIDE, Permission.DEFINE}),
    Role.ADMIN: frozenset(Permission),
    Role.OWNER: frozenset(Permission),
}


def permits(role: Role, permission: Permission) -> bool:
    return permission in _GRANTS[role]


DECIDING_ROLES = frozenset({Role.OWNER, Role.ADMIN, Role.MEMBER})
"""The roles that may decide where a step names nobody; no request can give a viewer the decision."""


def may_decide(role: Role, user_id: UserId, *, roles: Collection[Role], users: Collection[UserId]) -> bool:
    """Whether a member may decide a request that names these roles and users; one of either kind is enough."""
    if role not in DECIDING_ROLES:
        return False
    if not roles and not users:
        return True
    return role in roles or user_id in users


def deciders(*, roles: Collection[Role], users: Collection[UserId]) -> str:
    """Who may decide, in words."""
    named = [role for role in Role if role in (roles if roles or users else DECIDING_ROLES)]
    words = [*(f"role {role}" for role in named), *(f"user {user_id}" for user_id in users)]
    return " or ".join(words)
