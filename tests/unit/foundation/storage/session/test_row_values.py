"""A row becomes a value field by field, by the names of its columns."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest

from foundation.domain.ids import RunId
from foundation.domain.states import PauseReason, RunStatus
from foundation.storage.session.rows import value_of
from foundation.storage.session.transaction import Row

RUN = RunId(UUID(int=1))


@dataclass(frozen=True, slots=True)
class Shown:
    run_id: RunId
    status: RunStatus
    pause_reason: PauseReason | None
    digest: bytes | None
    input: Any
    needs: list[str]


def a_row(**columns: Any) -> Row:
    values = {
        "run_id": RUN,
        "status": "PAUSED",
        "pause_reason": "budget",
        "digest": memoryview(b"ab"),
        "input": {"status": "x"},
        "needs": ["a"],
        "another": 1,
        **columns,
    }
    return cast("Row", SimpleNamespace(**values))


def test_words_become_members_and_binary_columns_bytes_and_the_rest_stays() -> None:
    assert value_of(Shown, a_row()) == Shown(RUN, RunStatus.PAUSED, PauseReason.BUDGET, b"ab", {"status": "x"}, ["a"])


def test_null_stays_none() -> None:
    shown = value_of(Shown, a_row(pause_reason=None, digest=None))
    assert (shown.pause_reason, shown.digest) == (None, None)


def test_what_is_given_needs_no_column_and_comes_before_it() -> None:
    assert value_of(Shown, a_row(), input=7).input == 7


def test_a_word_that_the_code_does_not_know_is_an_error_and_not_a_text() -> None:
    with pytest.raises(ValueError, match="STUCK"):
        value_of(Shown, a_row(status="STUCK"))


def test_a_missing_column_is_an_error() -> None:
    with pytest.raises(AttributeError):
        value_of(Shown, cast("Row", SimpleNamespace(run_id=RUN)))
