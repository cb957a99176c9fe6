"""Which role may do what, written out: a grant that is added or lost is seen here."""

import pytest

from foundation.domain.permissions import (
    OPERATE,
    PERMISSIONS_OF,
    RESERVED_TO_OWNERS,
    Permission,
    Role,
    known_permissions,
)

READS = {
    "tasks",
    "runs",
    "artifacts",
    "approvals",
    "budgets",
    "limits",
    "egress",
    "secrets",
    "webhooks",
    "schedules",
    "triggers",
    "tool_sources",
    "kill_switch",
    "usage",
    "members",
    "tenant",
}
VIEWER = {f"{noun}:read" for noun in READS}
MEMBER = VIEWER | {"tasks:write", "runs:write", "artifacts:write", "approvals:decide"}
MEMBER |= {"models:call", "api_keys:read", "api_keys:write", "schedules:write", "triggers:write", "tool_sources:write"}
ADMIN = MEMBER | {
    "checkpoints:delete",
    "budgets:write",
    "limits:write",
    "egress:write",
    "secrets:write",
    "webhooks:write",
    "kill_switch:write",
    "operations:read",
}
ADMIN |= {"members:write", "roles:write", "service_accounts:write", "audit:read"}
GRANTED = {
    Role.VIEWER: VIEWER,
    Role.MEMBER: MEMBER,
    Role.ADMIN: ADMIN,
    Role.OWNER: ADMIN | {"tenant:write", "owners:write"},
}


@pytest.mark.parametrize("role", Role)
def test_a_role_permits_what_it_is_granted_and_nothing_else(role: Role) -> None:
    assert {permission.value for permission in PERMISSIONS_OF[role]} == GRANTED[role]


def test_an_owner_holds_every_permission_and_nobody_but_an_operator_operates() -> None:
    assert PERMISSIONS_OF[Role.OWNER] == set(Permission)
    assert OPERATE not in {permission.value for permission in Permission}


def test_what_is_reserved_to_owners_is_held_by_no_other_role() -> None:
    assert [role for role in Role if RESERVED_TO_OWNERS & PERMISSIONS_OF[role]] == [Role.OWNER]


def test_a_permission_of_a_later_version_grants_nothing() -> None:
    assert known_permissions(["runs:read", "runs:teleport"]) == {Permission.RUNS_READ}
