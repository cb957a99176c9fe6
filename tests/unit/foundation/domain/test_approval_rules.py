"""Who may decide a request: by role, by name, and never a viewer."""

from uuid import UUID

import pytest

from foundation.domain.ids import UserId
from foundation.domain.permissions import DECIDING_ROLES, Permission, Role, deciders, may_decide, permits
from foundation.domain.states import ENDED_BY, ApprovalStatus, Decision

ANN, BOB = UserId(UUID(int=1)), UserId(UUID(int=2))


@pytest.mark.parametrize("role", Role)
def test_without_names_everybody_may_but_a_viewer(role: Role) -> None:
    assert may_decide(role, ANN, roles=[], users=[]) == (role is not Role.VIEWER)


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
    assert may_decide(role, user, roles=[Role.ADMIN], users=[ANN]) == may


def test_a_named_user_alone_leaves_out_every_role() -> None:
    assert may_decide(Role.OWNER, ANN, roles=[], users=[ANN])
    assert not may_decide(Role.OWNER, BOB, roles=[], users=[ANN])


def test_those_who_may_decide_are_said_in_words() -> None:
    assert deciders(roles=[], users=[]) == "role owner or role admin or role member"
    assert deciders(roles=[Role.ADMIN], users=[ANN]) == f"role admin or user {ANN}"
    assert deciders(roles=[], users=[BOB]) == f"user {BOB}"


def test_a_role_that_may_decide_has_the_permission_of_the_route() -> None:
    assert {role for role in Role if permits(role, Permission.DECIDE)} == DECIDING_ROLES


def test_a_decision_ends_a_request_in_a_state_of_its_own() -> None:
    assert ENDED_BY == {Decision.APPROVE: ApprovalStatus.APPROVED, Decision.REJECT: ApprovalStatus.REJECTED}
