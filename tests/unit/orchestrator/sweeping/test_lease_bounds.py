"""No setting of a worker can put off the moment at which a frozen one is named."""

from typing import Any

import pytest
from pydantic import ValidationError

from foundation.workflow import lapses
from orchestrator.settings import WorkerSettings

NEEDED = {
    "database_url": "postgresql://w",
    "database_url_relay": "postgresql://w",
    "database_url_sweeper": "postgresql://w",
    "steps_queue_url": "http://queue",
    "steps_dlq_url": "http://queue",
    "state_machine_arn": "arn",
    "artifacts_bucket": "bucket",
    "gateway_url": "http://gateway",
    "launcher_url": "http://launcher",
    "redis_url": "redis://redis",
}


def settings(**changed: float) -> WorkerSettings:
    values: dict[str, Any] = {**NEEDED, **changed}
    return WorkerSettings(**values)


def test_a_step_is_named_within_a_minute_of_its_holders_last_sign_of_life() -> None:
    assert lapses.LEASE_SECONDS + lapses.TAKEN_BACK_SECONDS < lapses.NAMED_WITHIN_SECONDS


def test_while_workers_live_a_lapsed_lease_is_swept_before_it_is_named() -> None:
    assert settings().sweep_seconds * 2 <= lapses.TAKEN_BACK_SECONDS


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lease_seconds", lapses.LEASE_SECONDS + 1),
        ("sweep_seconds", lapses.SWEEP_SECONDS + 1),
        ("renew_seconds", lapses.LEASE_SECONDS / 2 + 1),
    ],
)
def test_a_setting_that_would_break_the_bound_is_refused(name: str, value: float) -> None:
    with pytest.raises(ValidationError, match=name):
        settings(**{name: value})


def test_a_lease_outlives_one_renewal_that_failed() -> None:
    with pytest.raises(ValidationError, match="at most half of LOCKSTEP_LEASE_SECONDS"):
        settings(lease_seconds=10, renew_seconds=6)
