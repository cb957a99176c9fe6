"""What a worker may rely on when it asks for a model: the gateway over OpenAI's client, and the one in memory."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from fixtures.gateways.gateway import Signing, Tenant, running_gateway_process
from fixtures.machine.free_port import free_port
from fixtures.machine.postgres import ScratchDatabase, scratch_database
from fixtures.machine.redis_server import RedisServer, running_redis
from fixtures.providers.simulated import SimulatedProvider, running_simulated_provider
from fixtures.running.works import a_dispatch, a_work
from foundation.contracts.gateway.model_call import call_key, canonical_digest
from foundation.domain.errors import BudgetExceeded, DependencyUnavailable, LeaseLost, RunClosed
from foundation.domain.ids import TenantId
from foundation.http.service_tokens import ServiceTokenSigner
from orchestrator.clients.model_gateway.base import ModelGateway, OnText
from orchestrator.clients.model_gateway.fake import FakeModelGateway, text_answer
from orchestrator.clients.model_gateway.openai_client import OpenAiModelGateway
from orchestrator.work import TickFailed, Work

KINDS = ["fake", pytest.param("gateway", marks=pytest.mark.stack)]
REFUSED, FAILING = "fault-status=400", "fault-status=500"
"""Models whose provider refuses the request, and has a fault of its own."""


def a_request(model: str = "default") -> dict[str, Any]:
    return {"model": model, "messages": [{"role": "user", "content": "hello"}], "max_tokens": 20}


@dataclass(frozen=True, slots=True)
class Played:
    """A way to models, whose tenant pays, and how a run is closed."""

    gateway: ModelGateway
    tenant_id: TenantId
    close_run: Callable[[Work], Any]

    def work(self, **claim: Any) -> Work:
        return a_work(dispatch=a_dispatch(tenant_id=self.tenant_id), **claim)

    async def ask(
        self, work: Work, *, turn: int = 0, model: str = "default", on_text: OnText | None = None
    ) -> dict[str, Any]:
        request = a_request(model)
        dispatch = work.claim.dispatch
        key = call_key(dispatch.run_id, dispatch.step_id, turn, canonical_digest(request), 0)
        return await self.gateway.complete(work, call_key=key, request=request, on_text=on_text)


def said_in(choice: dict[str, Any]) -> dict[str, Any]:
    """A choice without members that say nothing: vendors send some of them in one way of answering only."""
    message = {name: value for name, value in choice["message"].items() if value not in (None, [])}
    return {**{name: value for name, value in choice.items() if value is not None}, "message": message}


def of_memory() -> Played:
    def answer(request: dict[str, Any]) -> dict[str, Any]:
        if request["model"] == REFUSED:
            raise TickFailed("upstream_refused", "the provider refuses this", retryable=False)
        if request["model"] == FAILING:
            raise TickFailed("upstream_error", "the provider has a fault", retryable=True)
        return text_answer("an answer")(request)

    gateway = FakeModelGateway(answer)

    async def close_run(work: Work) -> None:
        gateway.closed.add(work.claim.dispatch.run_id)

    return Played(gateway, a_dispatch().tenant_id, close_run)


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    yield from running_redis(tmp_path_factory.mktemp("redis"))


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedProvider]:
    yield from running_simulated_provider(tmp_path_factory.mktemp("simulated"))


@pytest.fixture(scope="module")
def signing() -> Signing:
    return Signing()


@pytest.fixture(scope="module")
def ledger() -> Iterator[ScratchDatabase]:
    yield from scratch_database()


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory,
    redis: RedisServer,
    ledger: ScratchDatabase,
    simulated: SimulatedProvider,
    signing: Signing,
) -> Iterator[str]:
    """The address of a gateway of this file's own."""
    folder: Path = tmp_path_factory.mktemp("gateway")
    for running in running_gateway_process(folder, redis=redis, database=ledger, simulated=simulated, signing=signing):
        yield running.url


@pytest.fixture(params=KINDS)
async def played(request: pytest.FixtureRequest) -> AsyncIterator[Played]:
    if request.param == "fake":
        yield of_memory()
        return
    url: str = request.getfixturevalue("served")
    signing: Signing = request.getfixturevalue("signing")
    tenant = Tenant().create(request.getfixturevalue("ledger"))
    signer = ServiceTokenSigner(signing.private, service="orchestrator")

    async def close_run(work: Work) -> None:
        dispatch = work.claim.dispatch
        path = f"{url}/internal/runs/{dispatch.run_id}/close"
        body = {"tenant_id": str(dispatch.tenant_id), "generation": dispatch.generation}
        headers = {"authorization": f"Bearer {signing.service_token()}"}
        async with httpx.AsyncClient() as client:
            (await client.post(path, json=body, headers=headers)).raise_for_status()

    gateway = OpenAiModelGateway(url, signer)
    yield Played(gateway, TenantId(tenant.tenant_id), close_run)
    await gateway.close()


@pytest.fixture(params=KINDS)
async def away(request: pytest.FixtureRequest) -> AsyncIterator[ModelGateway]:
    if request.param == "fake":
        yield FakeModelGateway(away=True)
        return
    signer = ServiceTokenSigner(Signing().private, service="orchestrator")
    gateway = OpenAiModelGateway(f"http://127.0.0.1:{free_port()}", signer)
    yield gateway
    await gateway.close()


async def test_a_request_is_answered_with_a_chat_completion(played: Played) -> None:
    answer = await played.ask(played.work())
    assert answer["object"] == "chat.completion"
    assert isinstance(answer["choices"][0]["message"]["content"], str)


async def test_a_call_under_the_same_key_gives_the_same_answer(played: Played) -> None:
    work = played.work()
    first = await played.ask(work)
    assert await played.ask(work) == first


async def test_an_answer_whose_text_is_told_is_the_same_as_without(played: Played) -> None:
    work, told = played.work(), list[str]()
    answer = await played.ask(work, turn=0, on_text=told.append)
    assert len(told) > 1
    assert "".join(told) == answer["choices"][0]["message"]["content"]
    plain = await played.ask(work, turn=1)
    assert set(answer) == set(plain)
    assert [said_in(choice) for choice in answer["choices"]] == [said_in(choice) for choice in plain["choices"]]
    assert answer.get("usage") == plain.get("usage")


async def test_a_stored_answer_is_given_again_to_who_asks_in_the_other_way_untold(played: Played) -> None:
    work, told = played.work(), list[str]()
    for turn, first_told in enumerate((True, False)):
        first = await played.ask(work, turn=turn, on_text=told.append if first_told else None)
        told.clear()
        again = await played.ask(work, turn=turn, on_text=None if first_told else told.append)
        assert again == first
        assert told == []


async def test_a_holder_after_another_may_call_and_the_earlier_may_not(played: Played) -> None:
    earlier = played.work(fence=1)
    later = a_work(dispatch=earlier.claim.dispatch, fence=2)
    await played.ask(later)
    with pytest.raises(LeaseLost):
        await played.ask(earlier, turn=1)


async def test_a_run_that_is_closed_gets_no_further_call(played: Played) -> None:
    work = played.work()
    await played.ask(work)
    await played.close_run(work)
    with pytest.raises(RunClosed):
        await played.ask(work, turn=1)


async def test_a_run_s_budget_that_cannot_hold_the_call_is_told_with_its_scope(played: Played) -> None:
    with pytest.raises(BudgetExceeded) as spent:
        await played.ask(played.work(run_budget_tokens=1))
    assert spent.value.scope == "run"


async def test_a_run_s_budget_is_used_up_by_its_calls(played: Played) -> None:
    work = played.work(run_budget_tokens=400)
    await played.ask(work, turn=0)
    await played.ask(work, turn=1)
    with pytest.raises(BudgetExceeded) as spent:
        await asyncio.gather(*(played.ask(work, turn=turn) for turn in range(2, 60)))
    assert spent.value.scope == "run"
    assert await played.ask(work, turn=0), "what was answered once is paid"


@pytest.mark.parametrize(
    ("run", "step", "digest"),
    [
        ("other", "own", canonical_digest(a_request())),
        ("own", "other", canonical_digest(a_request())),
        ("own", "own", canonical_digest(a_request("another"))),
        ("own", "own", "no digest"),
    ],
)
async def test_a_key_of_another_step_or_request_is_refused_for_good(
    played: Played, run: str, step: str, digest: str
) -> None:
    work, other = played.work(), a_dispatch()
    dispatch = work.claim.dispatch
    run_id = dispatch.run_id if run == "own" else other.run_id
    step_id = dispatch.step_id if step == "own" else other.step_id
    key = call_key(run_id, step_id, 0, digest, 0)
    with pytest.raises(TickFailed) as failed:
        await played.gateway.complete(work, call_key=key, request=a_request())
    assert failed.value.retryable is False


@pytest.mark.parametrize(("model", "retryable"), [(REFUSED, False), (FAILING, True)])
async def test_a_failure_says_whether_to_try_again(played: Played, model: str, *, retryable: bool) -> None:
    with pytest.raises(TickFailed) as failed:
        await played.ask(played.work(), model=model)
    assert failed.value.retryable is retryable


async def test_a_gateway_that_does_not_answer_is_unavailable(away: ModelGateway) -> None:
    with pytest.raises(DependencyUnavailable):
        await away.complete(a_work(), call_key="key", request={"model": "default", "messages": []})
