"""Where a call may go: by its model's name, the dialect of its caller, and the providers that can be used."""

from typing import Any

import pytest
from redis.asyncio import Redis

from foundation.contracts.gateway.ledger import Dialect
from foundation.contracts.policy.providers import ProviderPolicy, ProviderRules
from llm_gateway.breakers.board import BreakerBoard
from llm_gateway.configuration.file import GatewayFile
from llm_gateway.pricing.bounds import Unpriced
from llm_gateway.providers.fake import FakeProvider
from llm_gateway.routing.routes import (
    DEFAULT_OUTPUT,
    ModelNotFound,
    NoProviderKey,
    NotInThisDialect,
    Routes,
)

SPOKEN = {"chatty": (Dialect.CHAT,), "polite": (Dialect.MESSAGES,), "both": (Dialect.CHAT, Dialect.MESSAGES)}
PRICES = [
    {"provider": "chatty", "model": "*", "input": 1, "output": 2, "max_output_tokens": 500},
    {"provider": "polite", "model": "*", "input": 1, "output": 2},
]


def routes(tables: dict[str, dict[str, Any]], *, usable: tuple[str, ...] = ("chatty", "polite"), **more: Any) -> Routes:
    providers = {name: {"adapter": "openai-compatible", "base_url": "http://x"} for name in (*SPOKEN, *usable)}
    document = {"version": "1", "providers": providers, "routes": tables, "prices": PRICES, **more}
    connected = {name: {dialect: FakeProvider(dialect, name=name) for dialect in SPOKEN[name]} for name in usable}
    return Routes(GatewayFile.model_validate(document), connected, BreakerBoard(Redis(), instance_id="one"))


def to(provider: str, model: str = "m", **more: Any) -> dict[str, Any]:
    return {"provider": provider, "model": model, **more}


def named(served: Routes, model: str, dialect: Dialect = Dialect.CHAT) -> list[str]:
    return [target.provider.name for target in served.resolve(model, dialect).targets]


def test_a_name_is_looked_up_before_patterns() -> None:
    served = routes({"gpt-*": {"targets": [to("polite")]}, "gpt-1": {"targets": [to("chatty")]}})
    assert named(served, "gpt-1") == ["chatty"]
    assert named(served, "gpt-2") == ["polite"]


def test_a_target_without_a_model_of_its_own_gets_the_one_that_was_asked_for() -> None:
    served = routes({"gpt-*": {"targets": [to("chatty", "*"), to("polite", "fixed")]}})
    assert [target.model for target in served.resolve("gpt-9", Dialect.CHAT).targets] == ["gpt-9", "fixed"]


def test_a_model_without_a_route_is_not_found() -> None:
    with pytest.raises(ModelNotFound):
        routes({"a": {"targets": [to("chatty")]}}).resolve("b", Dialect.CHAT)


def test_targets_stand_by_rank_and_else_in_their_order() -> None:
    served = routes({"a": {"targets": [to("polite"), to("chatty"), to("polite", "second", rank=1)]}})
    targets = served.resolve("a", Dialect.CHAT).targets
    assert [(target.provider.name, target.model, target.rank) for target in targets] == [
        ("polite", "m", 1),
        ("polite", "second", 1),
        ("chatty", "m", 2),
    ]


def test_a_provider_that_cannot_be_used_is_passed_over_and_the_others_keep_their_ranks() -> None:
    served = routes({"a": {"targets": [to("both"), to("chatty")]}})
    (target,) = served.resolve("a", Dialect.CHAT).targets
    assert (target.provider.name, target.rank) == ("chatty", 2)


def test_a_route_without_a_usable_provider_needs_a_key() -> None:
    served = routes({"a": {"targets": [to("both")]}})
    with pytest.raises(NoProviderKey):
        served.resolve("a", Dialect.CHAT)


def test_a_stand_in_serves_only_while_no_target_can() -> None:
    tables = {"a": {"targets": [to("both")]}, "b": {"targets": [to("chatty")]}}
    served = routes(tables, stand_ins={"a": to("polite"), "b": to("polite")})
    assert named(served, "a") == ["polite"]
    assert named(served, "b") == ["chatty"]


def test_bytes_pass_to_a_provider_of_the_callers_dialect_and_are_translated_for_others() -> None:
    served = routes({"a": {"targets": [to("chatty"), to("polite")]}})
    for dialect, translated in ((Dialect.CHAT, [False, True]), (Dialect.MESSAGES, [True, False])):
        targets = served.resolve("a", dialect).targets
        assert [target.translation is not None for target in targets] == translated


def test_a_provider_of_several_dialects_is_reached_in_the_callers_own() -> None:
    prices = [*PRICES, {"provider": "both", "model": "*", "input": 1, "output": 1}]
    served = routes({"a": {"targets": [to("both")]}}, usable=("both",), prices=prices)
    for dialect, spoken in (
        (Dialect.CHAT, Dialect.CHAT),
        (Dialect.MESSAGES, Dialect.MESSAGES),
        (Dialect.RESPONSES, Dialect.CHAT),
    ):
        assert served.resolve("a", dialect).targets[0].provider.dialect is spoken


def test_a_dialect_from_which_no_target_is_reached_is_the_callers_fault() -> None:
    served = routes({"a": {"targets": [to("chatty")]}})
    with pytest.raises(NotInThisDialect) as refused:
        served.resolve("a", Dialect.EMBEDDINGS)
    assert refused.value.detail == "the model 'a' is served here, but not to requests that are sent to /v1/embeddings"
    assert refused.value.remedy == (
        "send it to /v1/chat/completions or /v1/messages or /v1/responses, or ask for another model"
    )


def test_a_model_that_nobody_priced_is_refused_unless_its_target_has_a_ceiling() -> None:
    tables = {
        "free": {"targets": [to("both")]},
        "capped": {"targets": [to("both", ceiling={"input": 3, "output": 4})]},
    }
    served = routes(tables, usable=("both",))
    with pytest.raises(Unpriced):
        served.resolve("free", Dialect.CHAT)
    price = served.resolve("capped", Dialect.CHAT).targets[0].price
    assert (price.version, price.tiers[0].input, price.tiers[0].output) == (
        "ceiling/routes/1",
        3_000_000_000,
        4_000_000_000,
    )


@pytest.mark.parametrize(
    ("provider", "route", "limit"),
    [
        ("chatty", {}, 500),
        ("chatty", {"max_output_tokens": 100}, 100),
        ("chatty", {"max_output_tokens": 900}, 500),
        ("polite", {"max_output_tokens": 900}, 900),
        ("polite", {}, DEFAULT_OUTPUT),
    ],
)
def test_an_answer_without_a_limit_gets_the_routes_but_never_more_than_the_models(
    provider: str, route: dict[str, int], limit: int
) -> None:
    served = routes({"a": {"targets": [to(provider)], **route}})
    assert served.resolve("a", served_dialect(provider)).targets[0].default_output == limit


def served_dialect(provider: str) -> Dialect:
    return SPOKEN[provider][0]


def test_the_cheaper_target_stands_apart_where_its_provider_can_be_used() -> None:
    tables = {
        "a": {"targets": [to("chatty")], "cheaper": to("polite", "small")},
        "b": {"targets": [to("chatty")], "cheaper": to("both", "small")},
    }
    served = routes(tables)
    cheaper = served.resolve("a", Dialect.CHAT).cheaper
    assert cheaper is not None
    assert (cheaper.model, cheaper.rank) == ("small", 0)
    assert served.resolve("b", Dialect.CHAT).cheaper is None


def test_one_model_of_a_provider_has_one_breaker_whatever_route_leads_to_it() -> None:
    served = routes({"a": {"targets": [to("chatty")]}, "b": {"targets": [to("chatty"), to("chatty", "other")]}})
    first = served.resolve("a", Dialect.CHAT).targets[0].breaker
    second, other = (target.breaker for target in served.resolve("b", Dialect.CHAT).targets)
    assert first is second
    assert first is not other


def test_names_are_those_that_can_be_asked_for() -> None:
    tables = {
        "z": {"targets": [to("chatty")]},
        "a": {"targets": [to("polite")]},
        "keyless": {"targets": [to("both")]},
        "gpt-*": {"targets": [to("chatty")]},
    }
    served = routes(tables)
    assert served.names(None) == ["a", "z"]
    assert served.has("gpt-7", None)
    assert not served.has("gpt-*", None)
    assert not served.has("keyless", None)
    rules = ProviderRules(own=ProviderPolicy(providers=["polite"]))
    assert served.names(rules) == ["a"]
    assert not served.has("gpt-7", rules)


def test_a_call_may_last_as_long_as_its_slowest_provider() -> None:
    served = routes({"a": {"targets": [to("chatty")], "attempts": 7}})
    route = served.resolve("a", Dialect.CHAT)
    assert (route.name, route.attempts, route.total_seconds) == ("a", 7, 300)
