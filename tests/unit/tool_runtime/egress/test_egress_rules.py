"""What lists of hosts and lists of opened places are taken, and what they allow."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.contracts.egress.addresses import is_public
from foundation.contracts.egress.hosts import covers, is_host, matches, pattern_fault
from foundation.contracts.egress.private_hosts import private_hosts

LABELS = st.from_regex(r"[a-z]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
HOSTS = st.lists(LABELS, min_size=2, max_size=4).map(".".join)


@pytest.mark.parametrize("pattern", ["example.com", "*.example.com", "a.b-c.xn--p1ai", "*.gov.uk.example", "1.example"])
def test_hosts_and_patterns_with_a_registered_name_are_taken(pattern: str) -> None:
    assert pattern_fault(pattern) is None


@pytest.mark.parametrize(
    "pattern",
    [
        *("", "*", "*.", "*.com", "com", "localhost", ".example.com", "example.com.", "a..b"),
        *("10.0.0.1", "*.0.0.1", "0x7f.1", "1.2.3.0x4", "2130706433", "[::1]", "::1", "*.1.2.3.4", "example.1"),
        *(
            "http://example.com",
            "example.com/x",
            "example.com:443",
            "a*.example.com",
            "*.*.example.com",
            "*example.com",
        ),
        *("ex ample.com", "exa_mple.com", "-a.example", "a-.example", "bücher.example", "a@example.com", "Example.com"),
        *("a" * 64 + ".example", ".".join(["abc"] * 70)),
    ],
)
def test_what_is_no_host_or_too_many_is_refused_with_a_sentence(pattern: str) -> None:
    assert pattern_fault(pattern)


def test_a_pattern_allows_the_names_below_it_and_not_itself() -> None:
    assert matches("*.example.com", "a.b.example.com")
    assert not matches("*.example.com", "example.com")
    assert not matches("*.example.com", "aexample.com")
    assert matches("example.com", "example.com")


@given(HOSTS, HOSTS, st.booleans(), st.booleans())
def test_what_a_ceiling_covers_allows_nothing_above_it(name: str, above: str, wild: bool, wild_above: bool) -> None:
    for tail in (above, name):
        pattern, ceiling = ("*." if wild else "") + name, ("*." if wild_above else "") + tail
        if covers([ceiling], pattern):
            for host in (name, f"x.{name}", f"y.x.{name}"):
                assert not matches(pattern, host) or matches(ceiling, host)


@given(st.ip_addresses().map(str) | st.integers(0, 2**32).map(str) | st.integers(0, 2**32).map(hex))
def test_no_writing_of_an_address_is_a_host(text: str) -> None:
    assert not is_host(text)


@given(st.ip_addresses(v=4))
def test_an_address_that_is_public_is_not_made_so_by_translation(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    for prefix, shift in (("::ffff:0:0", 0), ("::", 0), ("64:ff9b::", 0), ("64:ff9b:1::", 0), ("2002::", 80)):
        translated = ipaddress.IPv6Address(int(ipaddress.IPv6Address(prefix)) | number << shift)
        assert not is_public(translated)


@pytest.mark.parametrize("text", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946"])
def test_public_addresses_are_public(text: str) -> None:
    assert is_public(ipaddress.ip_address(text))


def test_a_place_inside_is_named_by_host_and_port_and_perhaps_an_address() -> None:
    assert private_hosts(["a.example:8080", "b.example:443=10.0.0.1"]) == {
        ("a.example", 8080): None,
        ("b.example", 443): ipaddress.ip_address("10.0.0.1"),
    }
    for entry in (
        "a.example",
        "a.example:0",
        "a.example:99999",
        "10.0.0.1:80",
        "a.example:80=b.example",
        "*.a.example:80",
    ):
        with pytest.raises(ValueError, match=r"."):
            private_hosts([entry])
