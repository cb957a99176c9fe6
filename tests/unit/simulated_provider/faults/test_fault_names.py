"""Faults are read from a model's name, and those that pass do so on their schedule."""

import pytest

from simulated_provider.faults.clauses import Faults, faults_of
from simulated_provider.faults.schedule import Schedule


def test_faults_are_read_from_the_models_name() -> None:
    faults = faults_of("fault-status=429+retry-after=1.5+flap=2+unbilled-abort+like=cached-1")
    assert faults == Faults(status=429, retry_after=1.5, flap=2, unbilled_abort=True, like="cached-1")
    assert faults_of("default") == Faults()


@pytest.mark.parametrize(
    "clause",
    ["", "nonsense", "cut", "cut=x", "hang=1", "status=", "chunks=0", "fail-every=0", "cut=1+", "error-after=1"],
)
def test_a_fault_that_does_not_exist_is_refused(clause: str) -> None:
    with pytest.raises(ValueError, match="no such fault"):
        faults_of(f"fault-{clause}")


def strikes(name: str, *asked: tuple[str, str], schedule: Schedule) -> list[int | None]:
    """The refusals of requests that are (model, digest)."""
    return [schedule.refusal(faults_of(name), model=model, digest=digest) for model, digest in asked]


def test_a_flapping_fault_passes_after_so_many_of_the_same_request() -> None:
    asked = [("m", "a")] * 3 + [("m", "b")]
    assert strikes("fault-status=503+flap=2", *asked, schedule=Schedule()) == [503, 503, None, 503]


def test_each_nth_request_of_a_model_fails() -> None:
    asked = [("m", "a"), ("m", "b"), ("n", "c"), ("m", "d"), ("m", "e")]
    assert strikes("fault-fail-every=2", *asked, schedule=Schedule()) == [None, 500, None, None, 500]


def test_a_fault_ends_at_its_moment() -> None:
    now = [99.0]
    schedule = Schedule(clock=lambda: now[0])
    name = "fault-status=529+fail-until=100"
    assert strikes(name, ("m", "a"), schedule=schedule) == [529]
    now[0] = 100.0
    assert strikes(name, ("m", "a"), schedule=schedule) == [None]


def test_a_status_without_a_schedule_is_for_good() -> None:
    assert strikes("fault-status=404", *[("m", "a")] * 3, schedule=Schedule()) == [404] * 3
