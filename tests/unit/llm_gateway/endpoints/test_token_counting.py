"""How many tokens a request has: the provider's own answer where one counts, else an estimate that says so."""

import json
from typing import Any, cast
from uuid import UUID

import pytest

from fixtures.gateways.model_routes import KEY, everywhere, known_key, serving
from foundation.contracts.gateway.ledger import Dialect
from foundation.contracts.policy.providers import ProviderPolicy, ProviderRules
from foundation.domain.errors import Unauthenticated
from foundation.domain.ids import TenantId
from llm_gateway.configuration.file import TimeoutsConfig
from llm_gateway.endpoints.count_tokens import TokenCounting
from llm_gateway.exchange.failures import UpstreamFailed, broken_off
from llm_gateway.providers.fake import FakeAnswer, FakeProvider
from llm_gateway.routing.routes import ProviderNotAllowed
from llm_gateway.stages.call import Client, PlainAnswer

BODY = {"model": "m", "messages": [{"role": "user", "content": "hello"}]}
IMAGE = {"type": "image", "source": {"type": "url", "url": "https://x.example/a.png"}}


async def count(
    *providers: FakeProvider, body: dict[str, Any] | None = None, key: str = KEY, **more: Any
) -> PlainAnswer:
    return await TokenCounting(known_key(), serving(*providers, **more), everywhere).answer(
        Dialect.MESSAGES,
        {"authorization": key},
        json.dumps(body or BODY).encode(),
        request_id=UUID(int=7),
        trace=None,
        client=cast("Client", None),
    )


async def test_a_provider_that_counts_is_asked_for_its_own_model_under_our_id() -> None:
    provider = FakeProvider(Dialect.MESSAGES, [FakeAnswer(b'{"input_tokens":3}')])
    answer = await count(provider)
    assert (answer.status, answer.body, answer.headers) == (200, b'{"input_tokens":3}', ())
    (sent,) = provider.sent
    assert json.loads(sent.body) == {**BODY, "model": "served"}
    assert sent.client_request_id == str(UUID(int=7))


async def test_a_provider_that_does_not_count_is_passed_over() -> None:
    chat = FakeProvider(Dialect.CHAT, name="chat")
    counts = FakeProvider(Dialect.MESSAGES, [FakeAnswer(b'{"input_tokens":3}')], name="counts")
    assert (await count(chat, counts)).body == b'{"input_tokens":3}'
    assert chat.sent == []


async def test_where_no_provider_counts_the_answer_is_an_estimate_and_says_so() -> None:
    answer = await count(FakeProvider(Dialect.CHAT))
    assert ("x-lockstep-counted", "estimate") in answer.headers
    tokens = json.loads(answer.body)["input_tokens"]
    assert 10 < tokens < 60


async def test_an_image_is_estimated_at_what_the_model_declares() -> None:
    body = {"model": "m", "messages": [{"role": "user", "content": [IMAGE]}]}
    small = await count(FakeProvider(Dialect.CHAT), body=body, max_tokens_per_image=100)
    large = await count(FakeProvider(Dialect.CHAT), body=body, max_tokens_per_image=1100)
    assert json.loads(large.body)["input_tokens"] - json.loads(small.body)["input_tokens"] == 1000


async def test_a_provider_that_fails_fails_the_count() -> None:
    with pytest.raises(UpstreamFailed, match="upstream_cut"):
        await count(FakeProvider(Dialect.MESSAGES, [broken_off("upstream_cut")]))


async def test_a_provider_that_does_not_answer_in_time_is_given_up_and_may_be_asked_again() -> None:
    class Silent(FakeAnswer):
        async def whole(self) -> bytes:
            raise TimeoutError

    provider = FakeProvider(Dialect.MESSAGES, [Silent()], timeouts=TimeoutsConfig(first_token=1))
    with pytest.raises(UpstreamFailed, match="upstream_timeout") as failed:
        await count(provider)
    assert (failed.value.retryable, failed.value.trips_breaker) == (True, False)


async def test_who_has_no_key_is_told_nothing() -> None:
    provider = FakeProvider(Dialect.MESSAGES, [FakeAnswer(b"{}")])
    with pytest.raises(Unauthenticated):
        await count(provider, key="Bearer other")
    assert provider.sent == []


async def test_tokens_are_counted_by_allowed_providers_alone() -> None:
    first, second = (FakeProvider(Dialect.MESSAGES, [FakeAnswer(b'{"input_tokens":3}')], name=name) for name in "ab")

    async def only(names: list[str]) -> PlainAnswer:
        async def rules(_tenant_id: TenantId) -> ProviderRules | None:
            return ProviderRules(own=ProviderPolicy(providers=names))

        return await TokenCounting(known_key(), serving(first, second), rules).answer(
            Dialect.MESSAGES,
            {"authorization": KEY},
            json.dumps(BODY).encode(),
            request_id=UUID(int=7),
            trace=None,
            client=cast("Client", None),
        )

    assert (await only(["b"])).body == b'{"input_tokens":3}'
    with pytest.raises(ProviderNotAllowed):
        await only(["c"])
    assert (len(first.sent), len(second.sent)) == (0, 1)
