"""A plain answer leaves when it is charged and, for a call with a key, stored; else its caller reads an error."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from fixtures.money.gateway_calls import MoneyBench, a_call, a_provider, a_route, a_target, an_answer
from foundation.contracts.gateway.ledger import AttemptReason
from foundation.domain.errors import DatabaseUnavailable, DependencyUnavailable
from foundation.domain.ids import TenantId
from foundation.domain.money import NOTHING, Amount
from llm_gateway.exchange.failures import UpstreamFailed
from llm_gateway.providers.fake import FakeAnswer, FakeProvider
from llm_gateway.refusals.refusal_errors import CallInProgress
from llm_gateway.replays.vault import StoredAnswer
from llm_gateway.stages.call import CallIdentity, OpenedAnswer
from llm_gateway.stages.ending.answer_keeper import AnswerKeeper
from llm_gateway.stages.ending.plain_finisher import PlainFinisher

COST = Amount(15, 10 * 1000 + 5 * 2000)


class FakeVault:
    """Keeps the first answer of each call."""

    def __init__(self) -> None:
        self.answers: dict[str, StoredAnswer] = {}
        self.failure: DependencyUnavailable | None = None
        self.failures: list[DependencyUnavailable] = []
        """Raised first, one at each try."""

    async def store(
        self,
        tenant_id: TenantId,  # noqa: ARG002
        call_key: str,
        *,
        fingerprint: bytes,  # noqa: ARG002
        event_id: UUID,  # noqa: ARG002
        answer: StoredAnswer,
        remembered_for: timedelta | None,  # noqa: ARG002
    ) -> bool:
        if self.failures:
            raise self.failures.pop()
        if self.failure is not None:
            raise self.failure
        return self.answers.setdefault(call_key, answer) is answer


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[MoneyBench]:
    bench = MoneyBench(tmp_path)
    yield bench
    bench.journal.close()


def finisher(bench: MoneyBench, vault: FakeVault | None = None) -> PlainFinisher:
    kept_vault: Any = vault or FakeVault()
    kept_items: Any = None
    return PlainFinisher(bench.settler, AnswerKeeper(bench.settler, kept_vault, kept_items, pause_seconds=0.001))


async def opened(
    bench: MoneyBench, *, provider: FakeProvider | None = None, identity: CallIdentity | None = None
) -> OpenedAnswer:
    target = a_target(provider or a_provider("first", an_answer(input_tokens=10, output_tokens=5)))
    call = a_call(a_route(target), identity=identity)
    attempt = await bench.funding.fund(call, target, number=1, reason=AttemptReason.FIRST)
    permit = await target.breaker.permit()
    assert permit is not None
    return await bench.sender.send(attempt, permit, attempt.started + 10)


async def test_an_answer_is_charged_its_usage_before_it_leaves(bench: MoneyBench) -> None:
    one = await opened(bench)
    answer = await finisher(bench).finish(one)
    assert (answer.status, answer.body) == (200, one.body)
    assert bench.committed(one.attempt.call.caller.tenant_id) == COST
    assert bench.held(one.attempt.call.caller.tenant_id) == NOTHING
    assert one.permit.is_released


async def test_an_answer_that_cannot_be_read_is_charged_its_bound_and_fails(bench: MoneyBench) -> None:
    one = await opened(bench, provider=a_provider("first", FakeAnswer(b"no JSON")))
    with pytest.raises(UpstreamFailed):
        await finisher(bench).finish(one)
    assert bench.committed(one.attempt.call.caller.tenant_id) == one.attempt.reservation.bound
    assert one.permit.breaker.state == "open"


async def test_an_answer_with_a_key_is_stored_as_it_leaves(bench: MoneyBench) -> None:
    vault = FakeVault()
    one = await opened(bench, identity=CallIdentity("key", b"digest"))
    answer = await finisher(bench, vault).finish(one)
    assert vault.answers["key"].body == answer.body


async def test_an_answer_that_cannot_be_stored_is_charged_and_does_not_leave(bench: MoneyBench) -> None:
    vault = FakeVault()
    vault.failure = DependencyUnavailable("PostgreSQL is away")
    one = await opened(bench, identity=CallIdentity("key", b"digest"))
    with pytest.raises(DependencyUnavailable):
        await finisher(bench, vault).finish(one)
    assert bench.committed(one.attempt.call.caller.tenant_id) == COST


@pytest.mark.parametrize(("times", "leaves"), [(4, True), (5, False)])
async def test_an_answer_is_stored_again_while_the_database_is_away_for_a_moment(
    bench: MoneyBench, times: int, leaves: bool
) -> None:
    vault = FakeVault()
    vault.failures = [DatabaseUnavailable("PostgreSQL is away")] * times
    one = await opened(bench, identity=CallIdentity("key", b"digest"))
    if leaves:
        assert (await finisher(bench, vault).finish(one)).status == 200
        assert "key" in vault.answers
    else:
        with pytest.raises(DatabaseUnavailable):
            await finisher(bench, vault).finish(one)
    assert bench.committed(one.attempt.call.caller.tenant_id) == COST


async def test_an_answer_that_comes_second_is_charged_and_gives_way_to_the_stored_one(bench: MoneyBench) -> None:
    vault = FakeVault()
    vault.answers["key"] = StoredAnswer(200, "application/json", b"first")
    one = await opened(bench, identity=CallIdentity("key", b"digest"))
    with pytest.raises(CallInProgress):
        await finisher(bench, vault).finish(one)
    assert bench.committed(one.attempt.call.caller.tenant_id) == COST
    assert vault.answers["key"].body == b"first"


async def test_an_answer_that_nobody_gets_is_charged_all_the_same(bench: MoneyBench) -> None:
    one = await opened(bench)
    await finisher(bench).charge(one)
    assert bench.committed(one.attempt.call.caller.tenant_id) == COST
