"""Who may decide a request: by role, by name, and never a viewer."""

from uuid import UUID

import pytest

from foundation.domain.ids import RoleId, UserId
from foundation.domain.permissions import DECIDING_ROLES, Grant, Permission, Role, deciders, may_decide
from foundation.domain.states import ENDED_BY, ApprovalStatus, Decision

ANN, BOB = UserId(UUID(int=1)), UserId(UUID(int=2))


@pytest.mark.parametrize("role", Role)
def test_without_names_everybody_may_but_a_viewer(role: Role) -> None:
    assert may_decide(Grant.built_in(role), ANN, roles=[], users=[]) == (role is not Role.VIEWER)


@pytest.mark.parametrize(
    ("role", "user", "may"),
    [
        (Role.ADMIN, BOB, True),
        (Role.OWNER, BOB, False),
        (Role.MEMBER, BOB, False),
        (Role.MEMBER, ANN, True),
        (Role.VIEWER, ANN, False),
    ],
)
def test_a_named_role_or_a_named_user_is_enough_and_others_may_not(role: Role, user: UserId, *, may: bool) -> None:
    assert may_decide(Grant.built_in(role), user, roles=[Role.ADMIN], users=[ANN]) == may


def test_a_named_user_alone_leaves_out_every_role() -> None:
    assert may_decide(Grant.built_in(Role.OWNER), ANN, roles=[], users=[ANN])
    assert not may_decide(Grant.built_in(Role.OWNER), BOB, roles=[], users=[ANN])


def test_those_who_may_decide_are_said_in_words() -> None:
    assert deciders(roles=[], users=[]) == "whoever holds approvals:decide"
    assert deciders(roles=[Role.ADMIN], users=[ANN]) == f"role admin or user {ANN}"
    assert deciders(roles=[], users=[BOB]) == f"user {BOB}"


def test_the_roles_that_a_step_may_name_are_those_that_decide() -> None:
    assert {Role.OWNER, Role.ADMIN, Role.MEMBER} == DECIDING_ROLES


@pytest.mark.parametrize(
    ("permissions", "named", "may"),
    [
        ({Permission.APPROVALS_DECIDE}, False, True),
        ({Permission.APPROVALS_READ}, False, False),
        ({Permission.APPROVALS_DECIDE}, True, False),
    ],
)
def test_a_role_of_the_tenant_s_own_decides_what_names_nobody(
    permissions: set[Permission], *, named: bool, may: bool
) -> None:
    own = Grant(None, RoleId(UUID(int=3)), "reviewer", frozenset(permissions))
    assert may_decide(own, BOB, roles=[Role.ADMIN] if named else [], users=[]) == may
    assert may_decide(own, ANN, roles=[Role.ADMIN], users=[ANN]) == (Permission.APPROVALS_DECIDE in permissions)


def test_a_decision_ends_a_request_in_a_state_of_its_own() -> None:
    assert ENDED_BY == {Decision.APPROVE: ApprovalStatus.APPROVED, Decision.REJECT: ApprovalStatus.REJECTED}
