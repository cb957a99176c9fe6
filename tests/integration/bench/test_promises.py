"""Each promise of chaos is kept by a sound run, and finds what breaks it: faults are planted in the rows."""

import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr

from chaos_parts.ground import Ground
from chaos_parts.judging import leftovers, promises
from chaos_parts.judging.aftermath import Aftermath, Finding
from chaos_parts.judging.effects import Effects
from chaos_parts.judging.money import Invoice, MoneyWatch
from chaos_parts.load import Load
from fixtures.machine.postgres import ScratchDatabase
from fixtures.running.below import finished, locked
from fixtures.running.parts import Parts, change, parts_on
from fixtures.running.runs import ARun, a_run
from foundation.domain.ids import new_uuid
from foundation.workflow import endings
from supervisor.settings import Settings
from support.settings import BenchSettings
from support.tenant import Tenant

pytestmark = pytest.mark.stack


@dataclass(slots=True)
class Scene:
    """A run of two steps that has completed, alone with its tenant, and what chaos knows of it."""

    parts: Parts
    run: ARun
    after: Aftermath

    async def plant(self, statement: str) -> None:
        await change(self.parts, self.run, statement)


@pytest.fixture
async def scene(scratch: ScratchDatabase, tmp_path: Path) -> AsyncIterator[Scene]:
    async with parts_on(scratch) as parts:
        run = await a_run(parts.owner)
        await finished(parts, run, "first")
        await finished(parts, run, "second")
        async with parts.owner.tenant(run.tenant_id) as tx:
            await endings.end_from_steps(tx, await locked(tx, run))
        await change(parts, run, "DELETE FROM outbox WHERE run_id = :run")
        database = {"database_url": SecretStr(scratch.superuser_url), "api_url": "http://127.0.0.1:1"}
        settings = BenchSettings().model_copy(update=database)
        ground = Ground(settings, Settings().paths, Tenant(run.tenant_id, "nobody", "none"), "redis://127.0.0.1:1")
        for name in ("runners.log", "invoice.jsonl"):
            (tmp_path / name).touch()
        load = Load(ground, random.Random(1), runs=0, at_once=0, left_alone=0)
        watch = MoneyWatch(ground, Invoice(tmp_path / "invoice.jsonl"), list)
        watch.samples = 1
        yield Scene(parts, run, Aftermath(ground, load, watch, Effects(tmp_path / "runners.log")))
        ground.close()


JUDGES = (
    promises.every_run_has_ended_or_waits_for_a_named_person,
    promises.every_completed_run_has_its_output,
    promises.every_failure_has_a_cause_that_deaths_or_people_explain,
    promises.every_step_has_one_terminal_state,
    promises.every_key_has_one_recorded_effect,
    promises.no_effect_that_must_not_be_repeated_is,
    promises.the_timeline_has_no_holes,
    promises.no_limit_was_passed_and_every_bill_was_covered,
    promises.the_ledger_is_the_invoice,
    leftovers.the_outbox_is_empty,
    leftovers.no_step_is_leased_and_no_token_is_parked,
)
A_JOB = """INSERT INTO tool_events (tenant_id, job_id, run_id, step_id, turn, tool_call_id, tool, effect,
                                   arguments_digest, status, ended_at)
           SELECT tenant_id, '{job}', run_id, step_id, 0, 'c', 'code.python', 'once', sha256('x'), '{status}', now()
           FROM steps WHERE run_id = :run AND name = 'first'"""
PLANTED: list[tuple[Callable[[Aftermath], Finding], str, str]] = [
    (
        promises.every_run_has_ended_or_waits_for_a_named_person,
        "UPDATE runs SET status = 'RUNNING', ended_at = NULL WHERE run_id = :run",
        "is RUNNING",
    ),
    (
        promises.every_failure_has_a_cause_that_deaths_or_people_explain,
        """UPDATE steps SET status = 'FAILED', error = '{"code": "internal", "detail": "a bug"}'
           WHERE run_id = :run AND name = 'first'""",
        "first: internal: a bug",
    ),
    (
        promises.every_failure_has_a_cause_that_deaths_or_people_explain,
        "UPDATE runs SET status = 'TIMED_OUT' WHERE run_id = :run",
        "ended as TIMED_OUT",
    ),
    (
        promises.every_step_has_one_terminal_state,
        """INSERT INTO run_events (tenant_id, run_id, seq, type, step_id)
           SELECT tenant_id, run_id, 1000, 'step.success', step_id FROM steps WHERE run_id = :run AND name = 'first'""",
        "first ended 2 times between two retries",
    ),
    (
        promises.every_step_has_one_terminal_state,
        "UPDATE steps SET status = 'CANCELLED' WHERE run_id = :run AND name = 'second'",
        "second is CANCELLED, and its last event is step.success",
    ),
    (
        promises.the_timeline_has_no_holes,
        "DELETE FROM run_events WHERE run_id = :run AND seq = 2",
        "events and has",
    ),
    (
        leftovers.the_outbox_is_empty,
        """INSERT INTO outbox (tenant_id, run_id, kind, payload)
           SELECT tenant_id, run_id, 'close_run', '{}' FROM runs WHERE run_id = :run""",
        "close_run of",
    ),
    (
        leftovers.no_step_is_leased_and_no_token_is_parked,
        "UPDATE steps SET task_token = 'left' WHERE run_id = :run AND name = 'second'",
        "second is SUCCESS and keeps a token",
    ),
    (
        leftovers.no_step_is_leased_and_no_token_is_parked,
        """UPDATE steps SET status = 'RUNNING', ended_at = NULL, worker_id = 'gone', lease_expires_at = now()
           WHERE run_id = :run AND name = 'second'""",
        "second is RUNNING and leased",
    ),
]


async def test_a_sound_run_breaks_no_promise(scene: Scene) -> None:
    assert {judge.__name__: list(judge(scene.after).broken) for judge in JUDGES} == {
        judge.__name__: [] for judge in JUDGES
    }


@pytest.mark.parametrize(
    ("judge", "statement", "told"), PLANTED, ids=[f"{one[0].__name__}-{one[2]}" for one in PLANTED]
)
async def test_a_planted_fault_is_told(
    scene: Scene, judge: Callable[[Aftermath], Finding], statement: str, told: str
) -> None:
    await scene.plant(statement)
    [broken] = judge(scene.after).broken
    assert told in broken


@pytest.mark.parametrize(
    ("begun", "ended", "status", "told"),
    [
        (2, 2, "SUCCEEDED", "was begun 2 times, and 0 retries were decided"),
        (1, 0, "SUCCEEDED", "seen to end 0 times, and is SUCCEEDED"),
        (1, 1, "SUCCEEDED", None),
        (1, 0, "OUTCOME_UNKNOWN", None),
    ],
)
async def test_a_once_effect_is_judged_by_what_runners_logged(
    scene: Scene, begun: int, ended: int, status: str, told: str | None
) -> None:
    job = str(new_uuid())
    await scene.plant(A_JOB.format(job=job, status=status))
    _log(scene.after.effects.log, job, {"job started": begun, "job ended": ended})
    broken = promises.no_effect_that_must_not_be_repeated_is(scene.after).broken
    assert [told in one for one in broken] == [True] if told else broken == []


A_CALL = """INSERT INTO llm_events (tenant_id, event_day, event_id, kind, call_key, request_id, attempt, reason,
                                    dialect, route, provider, model, status, usage_source, input_tokens,
                                    output_tokens, total_tokens, cost_nano_usd, bound_kind, price_version,
                                    started_at, settled_at)
            SELECT tenant_id, current_date, gen_random_uuid(), 'attempt', 'key', gen_random_uuid(), 1, 'first', 'chat',
                   'default', 'simulated', 'm', 'succeeded', 'provider', 1, 1, 2, 0, 'strict', '1',
                   now() + {minutes} * interval '1 minute', now() + interval '1 hour' FROM runs WHERE run_id = :run"""
AN_ANSWER = """INSERT INTO llm_replays (tenant_id, call_key, fingerprint, event_id, http_status, body, size, sha256)
               SELECT tenant_id, 'key', sha256('x'), gen_random_uuid(), 200, 'x', 1, sha256('x') FROM runs
               WHERE run_id = :run"""


@pytest.mark.parametrize(("minutes", "is_broken"), [(-1, False), (1, True)])
async def test_a_call_that_is_asked_again_although_its_answer_is_stored_is_told(
    scene: Scene, minutes: int, is_broken: bool
) -> None:
    for began in (-2, minutes):
        await scene.plant(A_CALL.format(minutes=began))
    await scene.plant(AN_ANSWER)
    found = promises.every_key_has_one_recorded_effect(scene.after)
    assert found.figures["answers lost and asked for again"] == 1
    assert list(found.broken) == (["call key was asked again 1 times after its answer was stored"] if is_broken else [])


async def test_a_bill_that_is_not_in_the_ledger_and_a_broken_sample_are_told(scene: Scene) -> None:
    with scene.after.watch.invoice.file.open("a") as lines:
        lines.write('{"cost_usd": "0.000000007"}\n')
    scene.after.watch.broken.append("5 nano-dollars were billed, and 4 are in the ledger or held")
    [unequal] = promises.the_ledger_is_the_invoice(scene.after).broken
    assert unequal == "the ledger has 0 nano-dollars, and 7 were billed"
    assert len(promises.no_limit_was_passed_and_every_bill_was_covered(scene.after).broken) == 1


def _log(log: Path, job: str, lines: dict[str, int]) -> None:
    with log.open("a") as file:
        for message, count in Counter(lines).items():
            file.write(f'{{"message": "{message}", "job_id": "{job}", "reason": null}}\n' * count)
