"""Places that an operator opened are read exactly, or not at all."""

import ipaddress

import pytest

from foundation.contracts.egress.private_hosts import private_hosts


def test_a_place_is_a_host_and_a_port_with_an_address_or_without() -> None:
    assert private_hosts(["a.example:80", "b.example:65535=10.0.0.1", "c.example:1=::1"]) == {
        ("a.example", 80): None,
        ("b.example", 65535): ipaddress.ip_address("10.0.0.1"),
        ("c.example", 1): ipaddress.ip_address("::1"),
    }
    assert private_hosts([]) == {}


@pytest.mark.parametrize(
    "entry",
    [
        *("a.example", "a.example:", "a.example:0", "a.example:65536", "A.example:80", "localhost:80", "10.0.0.1:80"),
        *("a.example:80=", "a.example:80=b.example", "a.example:80=10.0.0.256", "a.example:80 ", "*.example.com:80"),
    ],
)
def test_anything_else_is_refused(entry: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # by us, or by ipaddress
        private_hosts([entry])
