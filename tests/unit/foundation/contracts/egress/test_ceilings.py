"""What a tenant's stored policy allows to what is about to reach a host."""

import pytest

from foundation.contracts.egress.policy import ceiling_of


@pytest.mark.parametrize("stored", [None, {}, {"hosts": None}])
def test_without_a_policy_any_public_host_may_be_named(stored: object) -> None:
    assert ceiling_of(stored) is None


def test_a_policy_allows_its_hosts_and_an_empty_one_none() -> None:
    assert ceiling_of({"hosts": ["api.example.com", "*.example.org"]}) == ["api.example.com", "*.example.org"]
    assert ceiling_of({"hosts": []}) == []


@pytest.mark.parametrize(
    "stored", [{"hosts": ["*"]}, {"hosts": "api.example.com"}, {"hosts": [1]}, ["api.example.com"], 7]
)
def test_a_policy_that_cannot_be_read_allows_nothing(stored: object) -> None:
    assert ceiling_of(stored) == []
