"""What an engine raised becomes a failure whose code and advice do not depend on which engine it was."""

import pytest

from foundation.contracts.expressions.evaluation import ExpressionError
from foundation.domain.errors import (
    Conflict,
    DatabaseRefused,
    DependencyUnavailable,
    LockstepError,
    QuotaExceeded,
    ValueNotStorable,
)
from foundation.domain.failures import FailureCode
from orchestrator.intake.tick_failures import failure_of, is_unexpected


@pytest.mark.parametrize(
    ("error", "code", "retryable"),
    [
        (TimeoutError(), FailureCode.STEP_TIMED_OUT, False),
        (ExpressionError("/prompt: no such member"), FailureCode.EXPRESSION_FAILED, False),
        (DependencyUnavailable("the gateway does not answer"), "dependency_unavailable", True),
        (QuotaExceeded("too many"), "quota_exceeded", True),
        (Conflict("not now"), "conflict", False),
        (ValueNotStorable("U+0000"), "value_not_storable", False),
        (DatabaseRefused("no"), "database_error", False),
        (ConnectionResetError(), FailureCode.INTERNAL, True),
        (OSError("no space left"), FailureCode.INTERNAL, True),
        (KeyError("choices"), FailureCode.INTERNAL, False),
        (TypeError("not an llm step"), FailureCode.INTERNAL, False),
    ],
)
def test_each_kind_of_error_has_its_code_and_its_advice(error: Exception, code: str, retryable: bool) -> None:
    failed = failure_of(error, timeout_seconds=30)
    assert (failed.failure.code, failed.retryable) == (code, retryable)


def test_a_time_out_names_the_time_that_the_step_had() -> None:
    detail = failure_of(TimeoutError(), timeout_seconds=30).failure.detail
    assert detail == "the step's 30 s are over; raise its timeout_seconds, or give it less to do"


def test_a_dependency_that_says_when_it_is_back_is_asked_again_then() -> None:
    assert failure_of(DependencyUnavailable("full", retry_after=7), timeout_seconds=30).retry_after == 7


def test_the_text_of_an_unexpected_error_stays_in_the_log() -> None:
    failed = failure_of(KeyError("a secret"), timeout_seconds=30)
    assert failed.failure.detail == "unexpected KeyError; it was logged"


@pytest.mark.parametrize(
    "error", [TimeoutError(), ExpressionError("x"), LockstepError("x"), DependencyUnavailable("x")]
)
def test_an_error_that_was_raised_on_purpose_needs_no_traceback(error: Exception) -> None:
    assert not is_unexpected(error)


@pytest.mark.parametrize("error", [ValueError(), OSError(), AssertionError()])
def test_any_other_error_is_logged_with_its_traceback(error: Exception) -> None:
    assert is_unexpected(error)
