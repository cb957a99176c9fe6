"""Chaos draws the same from the same seed, lets each victim die in each way, and counts what really happened."""

import json
import random
from pathlib import Path

from chaos_parts.deaths.schedule import Stroke, drawn
from chaos_parts.deaths.victims import NAMES, Victim
from chaos_parts.judging.effects import Effects
from chaos_parts.judging.money import Invoice

VICTIMS = [Victim(name, list) for name in NAMES]


def strokes_of(seed: int, *, seconds: float = 600) -> list[Stroke]:
    return drawn(random.Random(seed), VICTIMS, seconds=seconds, between=(4, 12))


def test_a_seed_decides_who_dies_when_and_for_how_long() -> None:
    assert strokes_of(7) == strokes_of(7)
    assert strokes_of(7) != strokes_of(8)


def test_each_victim_is_killed_and_frozen_before_any_is_again() -> None:
    ways = 2 * len(VICTIMS)
    strokes = strokes_of(1)
    assert len(strokes) > 2 * ways
    for start in (0, ways):
        assert len({stroke.what for stroke in strokes[start : start + ways]}) == ways


def test_a_worker_is_sometimes_frozen_beyond_its_leases_and_nobody_for_longer_than_the_chaos() -> None:
    frozen = [stroke for seed in range(5) for stroke in strokes_of(seed) if stroke.frozen_for is not None]
    assert any(stroke.victim.name == "worker" and (stroke.frozen_for or 0) > 45 for stroke in frozen)
    assert all((stroke.frozen_for or 0) <= 2 for seed in range(5) for stroke in strokes_of(seed, seconds=6))


def test_without_victims_nobody_dies() -> None:
    assert drawn(random.Random(1), [], seconds=60, between=(1, 2)) == []


def test_a_program_that_never_began_is_no_effect_and_what_was_there_before_does_not_count(tmp_path: Path) -> None:
    log = tmp_path / "tool-runtime.log"
    log.write_text(_line("job started", "old"))
    effects = Effects(log)
    with log.open("a") as file:
        file.write(_line("job started", "a") + _line("job ended", "a") + _line("job started", "a"))
        file.write(_line("job started", "b") + _line("job ended", "b", reason="input_unavailable"))
        file.write(json.dumps({"message": "runner lost", "job_id": "a"}) + "\nno JSON\n")
    effects.read()
    assert dict(+effects.begun) == {"a": 2}
    assert dict(effects.ended) == {"a": 1, "b": 1}


def test_of_an_invoice_the_lines_that_are_complete_are_added_up(tmp_path: Path) -> None:
    file = tmp_path / "invoice.jsonl"
    file.write_text('{"cost_usd": "5"}\n')
    invoice = Invoice(file)
    with file.open("a") as lines:
        lines.write('{"cost_usd": "0.000000001"}\n{"cost_usd": "0.2"}\n{"cost')
    assert invoice.read() == 200_000_001
    with file.open("a") as lines:
        lines.write('_usd": "1"}\n')
    assert invoice.read() == 1_200_000_001
    assert invoice.lines == 3


def _line(message: str, job_id: str, *, reason: str | None = None) -> str:
    return json.dumps({"message": message, "job_id": job_id, "reason": reason}) + "\n"
