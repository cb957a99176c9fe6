"""How many answers of a provider are read to their end for nobody."""

from typing import Any

import pytest

from foundation.contracts.gateway.ledger import Dialect
from llm_gateway.configuration.file import OnDisconnect
from llm_gateway.providers.fake import FakeProvider
from llm_gateway.routing.routes import Target
from llm_gateway.streaming.drains import Drains


def a_target(name: str, *, most_drains: int, on_disconnect: OnDisconnect = OnDisconnect.DRAIN) -> Target:
    nothing: Any = None
    return Target(
        provider=FakeProvider(Dialect.CHAT, name=name),
        model="m",
        price=nothing,
        breaker=nothing,
        translation=None,
        rank=1,
        weight=1,
        uncritical_only=False,
        on_disconnect=on_disconnect,
        most_drains=most_drains,
    )


def test_no_more_than_a_providers_bound_are_read_at_a_time() -> None:
    drains, target = Drains(), a_target("p", most_drains=2)
    assert [drains.begin(target) for _ in range(3)] == [True, True, False]
    drains.end(target)
    assert drains.begin(target)


def test_each_provider_has_a_bound_of_its_own() -> None:
    drains = Drains()
    assert drains.begin(a_target("p", most_drains=1))
    assert drains.begin(a_target("q", most_drains=1))


@pytest.mark.parametrize("most_drains", [0, 5])
def test_a_provider_that_is_to_be_aborted_is_never_read_on(most_drains: int) -> None:
    target = a_target("p", most_drains=most_drains, on_disconnect=OnDisconnect.ABORT)
    assert not Drains().begin(target)
