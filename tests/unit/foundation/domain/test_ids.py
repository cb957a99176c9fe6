"""Ids: version 7, ordered by birth; a tool call has one job however often it is submitted."""

import time
from uuid import uuid4

from foundation.domain.ids import StepId, new_uuid, tool_job_id


def test_ids_are_of_version_7_and_sort_by_the_millisecond_of_their_birth() -> None:
    before = time.time_ns() // 1_000_000
    made = new_uuid()
    after = time.time_ns() // 1_000_000
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert before <= made.int >> 80 <= after
    assert len({new_uuid() for _ in range(10_000)}) == 10_000


def test_a_tool_call_is_one_job_and_another_call_is_another() -> None:
    step = StepId(uuid4())
    assert tool_job_id(step, turn=1, tool_call_id="a") == tool_job_id(step, turn=1, tool_call_id="a")
    others = {
        tool_job_id(step, turn=2, tool_call_id="a"),
        tool_job_id(step, turn=1, tool_call_id="b"),
        tool_job_id(StepId(uuid4()), turn=1, tool_call_id="a"),
    }
    assert len(others | {tool_job_id(step, turn=1, tool_call_id="a")}) == 4
