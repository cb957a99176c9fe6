"""A call's key must be its own: a run's names its run, step and body; a caller's own counts for its user or key."""

import json
from typing import Any

import pytest

from foundation.contracts.gateway.ledger import Dialect
from foundation.contracts.gateway.model_call import CallKey, canonical_digest
from foundation.contracts.gateway.run_token import RunClaims, ScopeCaps
from foundation.domain.errors import BadRequest, Forbidden, IdempotencyConflict
from foundation.domain.ids import RunId, StepId, TenantId, UserId, new_uuid
from foundation.domain.money import BudgetLimit
from llm_gateway.exchange.caller import Caller
from llm_gateway.replays.vault import StoredAnswer, StoredReplay
from llm_gateway.stages.call import CallIdentity
from llm_gateway.stages.stored_answers import REMEMBERED_FOR, StoredAnswers

BODY = b'{"model": "m", "messages": []}'


class OneAnswer:
    """A vault with one answer, or none."""

    def __init__(self, replay: StoredReplay | None = None) -> None:
        self._replay = replay

    async def find(self, tenant_id: TenantId, call_key: str) -> StoredReplay | None:  # noqa: ARG002
        return self._replay


def stored_answers(replay: StoredReplay | None = None) -> StoredAnswers:
    vault: Any = OneAnswer(replay)
    return StoredAnswers(vault)


def a_user() -> Caller:
    return Caller(TenantId(new_uuid()), user_id=UserId(new_uuid()))


def a_step() -> Caller:
    caps = BudgetLimit(tokens=None, nano_usd=None)
    claims = RunClaims(
        tenant_id=TenantId(new_uuid()),
        user_id=None,
        run_id=RunId(new_uuid()),
        step_id=StepId(new_uuid()),
        generation=1,
        fence=1,
        caps=ScopeCaps(run=caps, step=caps),
    )
    return Caller(claims.tenant_id, run=claims)


def run_key(caller: Caller, *, body: bytes = BODY, step_id: StepId | None = None) -> str:
    assert caller.run is not None
    key = CallKey(
        run_id=caller.run.run_id,
        step_id=StepId(step_id or caller.run.step_id),
        turn=1,
        occurrence=0,
        digest=canonical_digest(json.loads(body)),
    )
    return str(key)


def identify(caller: Caller, headers: dict[str, str], dialect: Dialect = Dialect.CHAT) -> CallIdentity | None:
    return stored_answers().identify_call(caller, headers, BODY, dialect=dialect)


def test_a_call_without_a_key_has_no_identity() -> None:
    assert identify(a_user(), {}) is None


def test_a_callers_own_key_counts_for_itself_alone_and_is_remembered_for_a_day() -> None:
    one, other = a_user(), a_user()
    identity, others = (identify(caller, {"idempotency-key": "a"}) for caller in (one, other))
    assert identity is not None
    assert others is not None
    assert identity.call_key != others.call_key
    assert identity.remembered_for == REMEMBERED_FOR


def test_the_same_own_key_in_another_dialect_is_another_request() -> None:
    caller = a_user()
    chat, messages = (identify(caller, {"idempotency-key": "a"}, one) for one in (Dialect.CHAT, Dialect.MESSAGES))
    assert chat is not None
    assert messages is not None
    assert chat.call_key == messages.call_key
    assert chat.fingerprint != messages.fingerprint


@pytest.mark.parametrize("key", ["", "x" * 256, "a\x00b"])
def test_an_own_key_that_cannot_be_kept_is_refused(key: str) -> None:
    with pytest.raises(BadRequest):
        identify(a_user(), {"idempotency-key": key})


def test_an_own_key_of_255_characters_is_taken() -> None:
    assert identify(a_user(), {"idempotency-key": "x" * 255}) is not None


def test_a_runs_key_needs_a_runs_token() -> None:
    with pytest.raises(BadRequest, match="run token"):
        identify(a_user(), {"x-lockstep-call-key": run_key(a_step())})


def test_a_runs_key_is_kept_for_good() -> None:
    caller = a_step()
    identity = identify(caller, {"x-lockstep-call-key": run_key(caller)})
    assert identity is not None
    assert identity.remembered_for is None


def test_a_runs_key_of_another_step_is_forbidden() -> None:
    caller = a_step()
    with pytest.raises(Forbidden):
        identify(caller, {"x-lockstep-call-key": run_key(caller, step_id=StepId(new_uuid()))})


def test_a_runs_key_of_another_body_is_refused() -> None:
    caller = a_step()
    with pytest.raises(BadRequest, match="digest"):
        identify(caller, {"x-lockstep-call-key": run_key(caller, body=b'{"model": "other"}')})


def test_an_own_key_of_a_run_is_no_identity() -> None:
    assert identify(a_step(), {"idempotency-key": "a"}) is None


async def test_a_stored_answer_is_given_again_and_marked() -> None:
    answer = StoredAnswer(200, "application/json", b"{}", (("x-lockstep-max-output-tokens", "5"),))
    found = await stored_answers(StoredReplay(answer, b"same")).find(a_user(), CallIdentity("key", b"same"))
    assert found is not None
    assert (found.status, found.body) == (200, b"{}")
    assert found.headers == (("x-lockstep-replayed", "true"), ("x-lockstep-max-output-tokens", "5"))


async def test_a_key_that_was_used_for_another_request_is_a_conflict() -> None:
    answer = StoredAnswer(200, "application/json", b"{}")
    with pytest.raises(IdempotencyConflict):
        await stored_answers(StoredReplay(answer, b"one")).find(a_user(), CallIdentity("key", b"another"))
