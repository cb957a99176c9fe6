"""Patterns that are all names of a suffix are too wide to be given; what was accepted before stays readable."""

import pytest

from control_plane.governance.tenant_policy.suffixes import suffix_fault
from foundation.contracts.definition import TaskDefinition
from foundation.contracts.egress.policy import NetworkPolicy, ceiling_of

OF_REGISTRIES = (
    *("*.co.uk", "*.me.uk", "*.nhs.uk", "*.com.au", "*.id.au", "*.nsw.edu.au", "*.gob.mx", "*.gouv.fr", "*.in.th"),
    *("*.idv.tw", "*.tokyo.jp", "*.k12.ca.us", "*.xn--55qx5d.cn"),
)
OF_COMPANIES = ("*.uk.com", "*.github.io", "*.waw.pl", "*.cloudfront.net", "*.s3.amazonaws.com")
BY_A_RULE_FOR_ALL = ("*.kawasaki.jp", "*.foo.ck")
OF_ADDRESSES = ("*.in-addr.arpa", "*.ip6.arpa", "*.10.in-addr.arpa", "*.home.arpa")
WIDE = (*OF_REGISTRIES, *OF_COMPANIES, *BY_A_RULE_FOR_ALL, *OF_ADDRESSES)


@pytest.mark.parametrize("pattern", WIDE)
def test_a_pattern_of_a_whole_suffix_is_too_wide(pattern: str) -> None:
    fault = suffix_fault(pattern)
    assert fault is not None
    assert "all names that are registered there; name the ones that are meant" in fault


@pytest.mark.parametrize(
    "pattern",
    [
        *("*.example.com", "*.bbc.co.uk", "*.somebody.github.io", "*.gov.uk.example", "*.inside.example"),
        # One that a rule for all below it leaves out, and one host that the list has.
        *("*.city.kawasaki.jp", "github.io", "1.0.0.10.in-addr.arpa"),
    ],
)
def test_a_registered_name_and_a_single_host_are_not(pattern: str) -> None:
    assert suffix_fault(pattern) is None


def test_what_was_accepted_before_is_read() -> None:
    step = {"name": "a", "kind": "noop"}
    wide = list(WIDE)
    assert TaskDefinition.model_validate({"name": "t", "steps": [step], "egress": wide}).egress == wide
    assert NetworkPolicy.model_validate({"hosts": wide, "ceiling": wide}).ceiling == wide
    assert ceiling_of({"hosts": wide}) == wide


@pytest.mark.parametrize("pattern", ["llm.gateway.internal", "*.gateway.internal"])
def test_the_platforms_own_name_is_nobodys_to_give(pattern: str) -> None:
    assert "the platform's own name" in str(suffix_fault(pattern))
