"""A call passes its stages in order: what is stored is given again, what fails carries the headers that hold."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from fixtures.gateways.model_routes import everywhere
from fixtures.money.gateway_calls import MoneyBench, Stays, a_failure, a_provider, a_route, a_target
from foundation.contracts.gateway.ledger import Dialect
from foundation.domain.errors import BudgetExceeded, Unauthenticated
from foundation.domain.ids import TenantId, UserId, new_uuid
from foundation.domain.money import NOTHING, BudgetLimit
from llm_gateway.exchange.caller import Caller
from llm_gateway.exchange.failures import UpstreamFailed
from llm_gateway.pipeline import Pipeline
from llm_gateway.planning.order import NearlySpentCallers
from llm_gateway.planning.planner import Planner
from llm_gateway.providers.fake import FakeProvider
from llm_gateway.replays.vault import StoredAnswer, StoredReplay
from llm_gateway.stages.call import CallFailed, PlainAnswer
from llm_gateway.stages.dispatcher import Dispatcher
from llm_gateway.stages.ending.answer_keeper import AnswerKeeper
from llm_gateway.stages.ending.plain_finisher import PlainFinisher
from llm_gateway.stages.stored_answers import StoredAnswers

BODY = json.dumps({"model": "m", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 50}).encode()
CALLER = Caller(TenantId(new_uuid()), user_id=UserId(new_uuid()))


class OneCaller:
    async def identify(self, authorization: str | None) -> Caller:
        if authorization is None:
            raise Unauthenticated("send a key")
        return CALLER


class MemoryVault:
    def __init__(self) -> None:
        self._replays: dict[str, StoredReplay] = {}

    async def find(self, tenant_id: TenantId, call_key: str) -> StoredReplay | None:  # noqa: ARG002
        return self._replays.get(call_key)

    async def store(
        self,
        tenant_id: TenantId,  # noqa: ARG002
        call_key: str,
        *,
        fingerprint: bytes,
        event_id: UUID,  # noqa: ARG002
        answer: StoredAnswer,
        remembered_for: timedelta | None,  # noqa: ARG002
    ) -> bool:
        replay = StoredReplay(answer, fingerprint)
        return self._replays.setdefault(call_key, replay) is replay


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[MoneyBench]:
    bench = MoneyBench(tmp_path)
    yield bench
    bench.journal.close()


def a_pipeline(bench: MoneyBench, provider: FakeProvider) -> Pipeline:
    nearly_spent = NearlySpentCallers()
    route = a_route(a_target(provider), attempts=1)
    vault: Any = MemoryVault()
    unused: Any = None
    alerts: Any = bench.alerts
    authenticator: Any = OneCaller()
    serving: Any = SimpleNamespace(routes=SimpleNamespace(resolve=lambda _model, _dialect: route))
    return Pipeline(
        authenticator=authenticator,
        serving=serving,
        planner=Planner(nearly_spent),
        allowed=everywhere,
        kept_items=unused,
        stored_answers=StoredAnswers(vault),
        dispatcher=Dispatcher(bench.funding, bench.sender, discarder=unused, nearly_spent=nearly_spent, alerts=alerts),
        plain_finisher=PlainFinisher(bench.settler, AnswerKeeper(bench.settler, vault, unused)),
        stream_finisher=unused,
        silence_seconds=15,
    )


async def answer(pipeline: Pipeline, **headers: str) -> PlainAnswer:
    sent = {"authorization": "Bearer key"} | {name.replace("_", "-"): value for name, value in headers.items()}
    given = await pipeline.answer(Dialect.CHAT, sent, BODY, request_id=new_uuid(), trace=None, client=Stays())
    assert isinstance(given, PlainAnswer)
    return given


async def test_a_call_is_answered_charged_once_and_leaves_no_hold(bench: MoneyBench) -> None:
    given = await answer(a_pipeline(bench, a_provider("first")))
    headers = dict(given.headers)
    assert (given.status, headers["x-lockstep-attempts"]) == (200, "1")
    [event] = bench.events()
    assert (str(event.event_id), event.status) == (headers["x-lockstep-event-id"], "succeeded")
    assert bench.held(CALLER.tenant_id) == NOTHING


async def test_who_is_not_known_reaches_no_provider(bench: MoneyBench) -> None:
    provider = a_provider("first")
    with pytest.raises(Unauthenticated):
        await a_pipeline(bench, provider).answer(
            Dialect.CHAT, {}, BODY, request_id=new_uuid(), trace=None, client=Stays()
        )
    assert not provider.sent


async def test_a_repeat_with_its_key_is_given_again_byte_for_byte_and_is_not_charged(bench: MoneyBench) -> None:
    provider = a_provider("first")
    pipeline = a_pipeline(bench, provider)
    first, second = [await answer(pipeline, idempotency_key="a") for _ in range(2)]
    assert first.body == second.body
    assert dict(second.headers)["x-lockstep-replayed"] == "true"
    assert (len(provider.sent), len(bench.events())) == (1, 1)


async def test_another_key_is_another_call(bench: MoneyBench) -> None:
    provider = a_provider("first")
    pipeline = a_pipeline(bench, provider)
    for key in ("a", "b"):
        await answer(pipeline, idempotency_key=key)
    assert len(provider.sent) == 2


async def test_a_call_that_is_not_funded_says_how_long_its_answer_may_have_been(bench: MoneyBench) -> None:
    bench.limits.tenant = BudgetLimit(tokens=1)
    provider = a_provider("first")
    with pytest.raises(CallFailed) as failed:
        await answer(a_pipeline(bench, provider))
    assert isinstance(failed.value.error, BudgetExceeded)
    assert dict(failed.value.headers)["x-lockstep-max-output-tokens"] == "50"
    assert not provider.sent


async def test_a_failure_of_the_provider_leaves_the_key_free_for_another_try(bench: MoneyBench) -> None:
    pipeline = a_pipeline(bench, a_provider("first", a_failure()))
    with pytest.raises(CallFailed) as failed:
        await answer(pipeline, idempotency_key="a")
    assert isinstance(failed.value.error, UpstreamFailed)
    assert (await answer(pipeline, idempotency_key="a")).status == 200
    assert [event.status for event in bench.events()] == ["failed", "succeeded"]
