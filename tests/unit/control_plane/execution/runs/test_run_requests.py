"""Two requests under one Idempotency-Key are the same request when all that they ask for is the same."""

from dataclasses import replace
from uuid import UUID

from control_plane.execution.runs.submit import RunRequest
from foundation.contracts.steps.base import Budget
from foundation.domain.ids import TaskId

REQUEST = RunRequest(TaskId(UUID(int=1)), None, {"topic": "penguins", "n": 1}, Budget(tokens=10))


def test_the_order_of_members_does_not_matter() -> None:
    assert replace(REQUEST, input={"n": 1, "topic": "penguins"}).digest() == REQUEST.digest()


def test_every_part_of_a_request_matters() -> None:
    others = [
        replace(REQUEST, task_id=TaskId(UUID(int=2))),
        replace(REQUEST, task_version=1),
        replace(REQUEST, input={"topic": "penguins", "n": 2}),
        replace(REQUEST, budget=Budget(tokens=11)),
        replace(REQUEST, budget=Budget(tokens=10, cost_usd="1")),
    ]
    assert len({request.digest() for request in [REQUEST, *others]}) == 1 + len(others)
