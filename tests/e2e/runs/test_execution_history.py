"""The history of a run's execution has the events that its plan was admitted for."""

from typing import Any

import boto3
import pytest

from fixtures.running.agent_runs import started
from fixtures.running.stack import Member, Stack
from foundation.cloud.executions.base import execution_name
from foundation.domain.plan import EVENTS_PER_EXPANSION, EVENTS_PER_STEP, EVENTS_PER_TICK, EVENTS_RESERVED

pytestmark = pytest.mark.stack


def events_of(stack: Stack, run_id: str) -> list[dict[str, Any]]:
    machine = stack["LOCKSTEP_STATE_MACHINE_ARN"].replace(":stateMachine:", ":execution:")
    pages = boto3.client("stepfunctions").get_paginator("get_execution_history")
    found = pages.paginate(executionArn=f"{machine}:{execution_name(run_id, 1)}")
    return [event for page in found for event in page["events"]]


def test_each_tick_and_each_step_takes_the_events_that_it_was_reckoned_with(stack: Stack, member: Member) -> None:
    """An agent of several ticks, and three steps of one."""
    run = member.ended(started(member)["id"], seconds=150)
    assert run["status"] == "COMPLETED", run
    events = events_of(stack, run["id"])
    ticks = sum(event["type"] == "TaskSubmitted" for event in events)
    steps = len(member.steps(run["id"]))
    assert ticks > steps
    beside = len(events) - ticks * EVENTS_PER_TICK - steps * EVENTS_PER_STEP
    assert 0 < beside < EVENTS_RESERVED / 10


def test_a_step_that_expands_takes_no_more_events_than_it_was_reckoned_with(stack: Stack, member: Member) -> None:
    each = {"name": "each", "kind": "noop", "foreach": "${input.rows}"}
    run = member.ended(member.start({"steps": [each]}, input={"rows": [1, 2, 3]})["id"])
    assert run["status"] == "COMPLETED", run
    one = member.ended(member.start({"steps": [{"name": "one", "kind": "noop"}]})["id"])
    more = len(events_of(stack, run["id"])) - (len(events_of(stack, one["id"])) - EVENTS_PER_TICK)
    assert EVENTS_PER_TICK < more <= EVENTS_PER_EXPANSION
