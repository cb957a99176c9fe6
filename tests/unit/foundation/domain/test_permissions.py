"""Which role may do what, written out: a grant that is added or lost is seen here."""

import pytest

from foundation.domain.permissions import Permission, Role, permits

GRANTED = {
    Role.VIEWER: {Permission.READ},
    Role.MEMBER: {Permission.READ, Permission.RUN, Permission.DECIDE, Permission.DEFINE},
    Role.ADMIN: {Permission.READ, Permission.RUN, Permission.DECIDE, Permission.DEFINE, Permission.ADMINISTER},
    Role.OWNER: {Permission.READ, Permission.RUN, Permission.DECIDE, Permission.DEFINE, Permission.ADMINISTER},
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("permission", Permission)
def test_a_role_permits_what_it_is_granted_and_nothing_else(role: Role, permission: Permission) -> None:
    assert permits(role, permission) == (permission in GRANTED[role])
