"""A body that is compressed, no JSON or in another charset is refused before it is read."""

import pytest

from foundation.domain.errors import BadRequest, UnsupportedMediaType
from llm_gateway.exchange.protocol_errors import MethodNotAllowed, check_how_it_is_sent, declared_length


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content-type": "application/json"},
        {"content-type": "Application/JSON; charset=UTF-8"},
        {"content-type": 'application/json; charset="utf8"'},
        {"content-type": "application/json;charset=us-ascii"},
        {"content-type": "application/vnd.api+json"},
        {"content-encoding": "Identity"},
    ],
)
def test_json_in_utf_8_passes(headers: dict[str, str]) -> None:
    check_how_it_is_sent(headers)


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "text/plain"},
        {"content-type": "text/x+json"},
        {"content-type": "application/jsonl"},
        {"content-type": ""},
        {"content-type": "application/json; charset=latin-1"},
        {"content-encoding": "gzip"},
    ],
)
def test_anything_else_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(UnsupportedMediaType):
        check_how_it_is_sent(headers)


def test_a_length_is_a_number_and_none_is_nothing() -> None:
    assert declared_length({"content-length": "17"}) == 17
    assert declared_length({}) == 0
    for wrong in ("-1", "x", ""):
        with pytest.raises(BadRequest):
            declared_length({"content-length": wrong})


def test_a_wrong_method_hears_which_ones_there_are() -> None:
    error = MethodNotAllowed("GET", "/v1/x", allowed=("POST", "HEAD"))
    assert error.headers == (("allow", "POST, HEAD"),)
    assert "POST, HEAD" in error.detail
