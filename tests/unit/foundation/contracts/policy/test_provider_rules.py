"""Where a tenant's calls may go: what is not on both lists is not allowed, and what cannot be read allows nothing."""

from typing import Any

import pytest
from pydantic import ValidationError

from foundation.contracts.policy.providers import ProviderPolicy, ProviderRules


@pytest.mark.parametrize(
    ("policy", "allowed"),
    [
        ({}, {("a", "eu"), ("a", None), ("b", "us")}),
        ({"providers": ["a"]}, {("a", "eu"), ("a", None)}),
        ({"regions": ["eu"]}, {("a", "eu")}),
        ({"providers": ["b"], "regions": ["eu"]}, set()),
        ({"providers": []}, set()),
        ({"regions": []}, set()),
    ],
)
def test_a_policy_allows_what_it_names(policy: dict[str, Any], allowed: set[tuple[str, str | None]]) -> None:
    read = ProviderPolicy.model_validate(policy)
    assert {place for place in (("a", "eu"), ("a", None), ("b", "us")) if read.allows(*place)} == allowed


def test_a_call_goes_only_where_both_lists_let_it() -> None:
    rules = ProviderRules.of_settings(
        {"providers": {"providers": ["a", "b"]}, "operator_bounds": {"providers": {"providers": ["b", "c"]}}}
    )
    assert rules is not None
    assert [name for name in "abc" if rules.allows(name, None)] == ["b"]
    assert rules.in_words() == (
        "the tenant's provider policy allows the providers a, b in every region, and the operator's bounds allow the"
        " providers b, c in every region"
    )


@pytest.mark.parametrize("settings", [{}, {"providers": None}, {"operator_bounds": {"quotas": {}}}, {"bounds": {}}])
def test_without_a_list_nothing_is_limited(settings: dict[str, Any]) -> None:
    assert ProviderRules.of_settings(settings) is None


@pytest.mark.parametrize(
    "settings", [{"providers": ["a"]}, {"providers": {"names": ["a"]}}, {"operator_bounds": ["a"]}, {"providers": "a"}]
)
def test_what_cannot_be_read_allows_nothing(settings: dict[str, Any]) -> None:
    rules = ProviderRules.of_settings(settings)
    assert rules is not None
    assert not rules.allows("a", "eu")


@pytest.mark.parametrize(
    "policy", [{"providers": ["a", "a"]}, {"providers": ["A"]}, {"regions": [""]}, {"providers": "a"}, {"models": []}]
)
def test_a_policy_that_means_nothing_is_refused(policy: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ProviderPolicy.model_validate(policy)
