"""Which role may do what."""

from enum import StrEnum


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
    DEFINE = "define"
    ADMINISTER = "administer"


class ApiKeyScope(StrEnum):
    """What an API key may be used for."""

    API = "api"
    GATEWAY = "gateway"


# Each role may do what the one before it may; nothing is reserved to owners yet.
_GRANTS: dict[Role, frozenset[Permission]] = {
    Role.VIEWER: frozenset({Permission.READ}),
    Role.MEMBER: frozenset({Permission.READ, Permission.RUN, Permission.DEFINE}),
    Role.ADMIN: frozenset(Permission),
    Role.OWNER: frozenset(Permission),
}


def permits(role: Role, permission: Permission) -> bool:
    return permission in _GRANTS[role]
