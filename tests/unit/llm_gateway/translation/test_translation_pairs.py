"""Each pair of dialects is translated, needs no translation, or cannot be."""

from itertools import product

import pytest

from foundation.contracts.gateway.ledger import Dialect
from foundation.domain.errors import BadRequest, Fault
from llm_gateway.translation.base import Untranslatable
from llm_gateway.translation.registry import translation
from llm_gateway.wires.errors import describe_error

TRANSLATED = {
    (Dialect.CHAT, Dialect.MESSAGES),
    (Dialect.MESSAGES, Dialect.CHAT),
    (Dialect.RESPONSES, Dialect.CHAT),
    (Dialect.RESPONSES, Dialect.MESSAGES),
}


@pytest.mark.parametrize("pair", list(product(Dialect, Dialect)), ids="-".join)
def test_four_pairs_are_translated(pair: tuple[Dialect, Dialect]) -> None:
    assert (translation(*pair) is not None) == (pair in TRANSLATED)


@pytest.mark.parametrize("pair", sorted(TRANSLATED), ids="-".join)
def test_a_comment_in_a_stream_is_no_event(pair: tuple[Dialect, Dialect]) -> None:
    found = translation(*pair)
    assert found is not None
    assert found.events(asked={"model": "m", "input": "x"}).feed(b": keep alive\n\n") == []


def test_what_is_untranslatable_is_the_callers_fault_and_not_worth_a_retry() -> None:
    error = Untranslatable([Fault("/n", "one only"), Fault("/logprobs", "none")])
    assert isinstance(error, BadRequest)
    description = describe_error(error)
    known = (description.status, description.code, description.parameter, description.retryable)
    assert known == (400, "untranslatable", "n", False)
    assert description.message == "n: one only; logprobs: none"
