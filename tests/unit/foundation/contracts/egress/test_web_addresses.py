"""What may be told to a tool as an address on the web, and the same of a remote of `git`."""

import pytest
from pydantic import ValidationError

from foundation.contracts.egress.urls import web_address
from foundation.contracts.tools.git import GitArguments


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example",
        "http://shop.example/",
        "https://shop.example./a?b=c#d",
        "HTTP://Shop.Example:80/a",
        "https://shop.example:65535?a",
        "https://shop.example/a:0/@b",
        "https://xn--bcher-kva.example/",
    ],
)
def test_an_address_is_taken_as_it_is_written(url: str) -> None:
    assert web_address(url) == url


_PORT, _FORM, _ASCII = "a port is a number", "write http:// or https://", "visible ASCII"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://shop.example:", _PORT),
        ("http://shop.example:/a", _PORT),
        ("http://shop.example:?a", _PORT),
        ("http://shop.example:0/", _PORT),
        ("http://shop.example:080/", _PORT),
        ("http://shop.example:65536/", _PORT),
        ("http://shop.example:+80/", _PORT),
        ("http://shop.example:8_0/", _PORT),
        ("http://shop.example:80:80/", _PORT),
        ("http://[::1]:80/", _FORM),
        ("http://[::1/", _FORM),
        ("http://127.0.0.1/", _FORM),
        ("http://shop/", _FORM),
        ("http:///a", _FORM),
        ("ftp://shop.example/", _FORM),
        ("//shop.example/", _FORM),
        ("shop.example", _FORM),
        ("http://shop.example/a b", _ASCII),
        ("http://b\u00fccher.example/", _ASCII),
        ("", _ASCII),
    ],
)
def test_any_other_is_refused_before_anything_is_asked(url: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        web_address(url)
    with pytest.raises(ValidationError, match=words):
        GitArguments.model_validate({"action": "clone", "url": url})
