"""A failure that is stored is the same when it is read again."""

import pytest

from foundation.domain.failures import PlacedFailure

CAUSE = {"code": "boom", "detail": "no luck", "step": "first", "attempt": 2, "at": "2026-01-01T00:00:00Z"}
WHOLE = {
    **CAUSE,
    "trace_id": "t",
    "retryable": True,
    "retry_after": 1.5,
    "causes": [CAUSE],
    "run_id": "r",
    "scope": "tenant",
}


def test_each_member_is_read_as_it_was_written() -> None:
    read = PlacedFailure.read(WHOLE)
    assert (read.code, read.detail, read.step, read.attempt, read.at) == tuple(CAUSE.values())
    assert (read.trace_id, read.retryable, read.retry_after, read.run_id) == ("t", True, 1.5, "r")
    assert read.figures == {"scope": "tenant"}
    [cause] = read.causes
    assert (cause.code, cause.retryable, cause.retry_after, cause.run_id, cause.causes) == (
        "boom",
        False,
        None,
        None,
        (),
    )


def test_what_an_earlier_release_did_not_write_is_taken_for_unknown() -> None:
    read = PlacedFailure.read({})
    assert (read.code, read.detail, read.step, read.attempt, read.at) == ("failed", "it failed", None, None, "")


@pytest.mark.parametrize("said", [False, None, "true", 1])
def test_only_true_says_that_trying_again_may_help(said: object) -> None:
    assert PlacedFailure.read({"retryable": said}).retryable is False
    assert PlacedFailure.read({"retryable": True}).retryable is True


def test_what_was_read_is_written_the_same() -> None:
    written = PlacedFailure.read(WHOLE).as_json()
    assert {name: written[name] for name in ("code", "retryable", "retry_after", "scope", "run_id")} == {
        "code": "boom",
        "retryable": True,
        "retry_after": 1.5,
        "scope": "tenant",
        "run_id": "r",
    }
    assert PlacedFailure.read(written) == PlacedFailure.read(WHOLE)
