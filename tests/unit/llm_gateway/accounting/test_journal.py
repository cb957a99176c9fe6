"""The journal brings back what PostgreSQL does not know yet, and nothing else."""

from pathlib import Path

import pytest

from foundation.domain.ids import TenantId, new_uuid
from llm_gateway.accounting.journal import AttemptPhase, Journal, JournalInUse, Settlement
from llm_gateway.budget.reservation import Reservation, ScopeKey


def a_reservation() -> Reservation:
    return Reservation(
        reservation_id=new_uuid(),
        tenant_id=TenantId(new_uuid()),
        bound_tokens=10,
        bound_nano_usd=20,
        day="2026-11-21",
        month="2026-11",
        scopes=(ScopeKey("key", True),),
        lost_event="{}",
        call_marker=None,
    )


def test_each_phase_survives_a_death(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "one")
    reserving, dispatching, settled, forgotten = (a_reservation() for _ in range(4))
    for reservation in (reserving, dispatching, settled, forgotten):
        journal.begin(reservation)
    for reservation in (dispatching, settled, forgotten):
        journal.mark_dispatching(reservation.reservation_id)
    journal.settle(settled.reservation_id, Settlement(3, 4, "event", answer_stored=True))
    journal.forget(forgotten.reservation_id)
    journal.close()

    again = Journal(tmp_path, "one")
    assert [entry.reservation for entry in again.entries.values()] == [reserving, dispatching, settled]
    assert [entry.phase for entry in again.entries.values()] == [
        AttemptPhase.RESERVING,
        AttemptPhase.DISPATCHING,
        AttemptPhase.SETTLED,
    ]
    assert again.entries[settled.reservation_id].settlement == Settlement(3, 4, "event", answer_stored=True)
    again.close()


def test_a_line_that_was_cut_off_is_as_if_it_were_never_written(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "one")
    reservation = a_reservation()
    journal.begin(reservation)
    journal.mark_dispatching(reservation.reservation_id)
    journal.close()
    [file] = (tmp_path / "one").glob("journal-*.jsonl")
    file.write_bytes(file.read_bytes()[:-9])

    again = Journal(tmp_path, "one")
    assert again.entries[reservation.reservation_id].phase is AttemptPhase.RESERVING
    again.close()


def test_segments_go_when_all_their_attempts_are_forgotten(tmp_path: Path) -> None:
    for _ in range(3):
        journal = Journal(tmp_path, "one")
        reservation = a_reservation()
        journal.begin(reservation)
        for identity in list(journal.entries):
            journal.forget(identity)
        journal.close()
    assert len(list((tmp_path / "one").glob("journal-*.jsonl"))) == 1


def test_two_processes_cannot_write_one_journal(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "one")
    with pytest.raises(JournalInUse):
        Journal(tmp_path, "one")
    Journal(tmp_path, "two").close()
    journal.close()
