"""A branch of a Map may fan out into a distributed Map of its own whose items wait for tokens."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest

from fixtures.waiting import until, until_ended

pytestmark = pytest.mark.stack

Client = Callable[[str], Any]
Machines = Callable[[dict[str, Any]], str]
MODES: dict[str, dict[str, str]] = {
    "inline": {"Mode": "INLINE"},
    "distributed": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
}
BRANCHES, ITEMS = 2, 5


def fan_out(queue_url: str, outer: str) -> dict[str, Any]:
    """Each branch waits once; told to expand, it waits for its items in a distributed Map."""
    wait = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "TimeoutSecondsPath": "$.timeout_seconds",
        "Parameters": {"QueueUrl": queue_url, "MessageBody": {"token.$": "$$.Task.Token", "id.$": "$.id"}},
    }
    items = {
        "ProcessorConfig": MODES["distributed"],
        "StartAt": "Item",
        "States": {"Item": {**wait, "ResultPath": None, "End": True}},
    }
    branch = {
        "ProcessorConfig": MODES[outer],
        "StartAt": "First",
        "States": {
            "First": {**wait, "Next": "Expand"},
            "Expand": {"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": items, "ResultPath": None, "End": True},
        },
    }
    return {
        "StartAt": "Branches",
        "States": {
            "Branches": {
                "Type": "Map", "ItemsPath": "$.items", "ItemProcessor": branch, "ResultPath": None, "End": True,
            }
        },
    }  # fmt: skip


def some(prefix: str, count: int) -> list[dict[str, Any]]:
    return [{"id": f"{prefix}{number}", "timeout_seconds": 600} for number in range(count)]


@contextmanager
def a_worker(workflow: Client, queue_url: str, answer: Callable[[dict[str, Any]], None]) -> Iterator[None]:
    sqs, stop = workflow("sqs"), threading.Event()

    def work() -> None:
        while not stop.is_set():
            found = sqs.receive_message(QueueUrl=queue_url, WaitTimeSeconds=1, MaxNumberOfMessages=10)
            for message in found.get("Messages", []):
                answer(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield
    finally:
        stop.set()
        worker.join()


def expand(states: Any, body: dict[str, Any]) -> None:
    output = json.dumps({"items": some(f"{body['id']}-item", ITEMS)})
    states.send_task_success(taskToken=body["token"], output=output)


@pytest.mark.parametrize("outer", ["inline", "distributed"])
def test_every_item_of_every_branch_is_sent_once_and_awaited(
    workflow: Client, a_queue: str, a_machine: Machines, outer: str
) -> None:
    states, seen = workflow("stepfunctions"), Counter[str]()

    def answer(body: dict[str, Any]) -> None:
        seen[body["id"]] += 1
        if "item" in body["id"]:
            states.send_task_success(taskToken=body["token"], output="{}")
        else:
            expand(states, body)

    with a_worker(workflow, a_queue, answer):
        execution = states.start_execution(
            stateMachineArn=a_machine(fan_out(a_queue, outer)), input=json.dumps({"items": some("branch", BRANCHES)})
        )["executionArn"]
        assert until_ended(states, execution)["status"] == "SUCCEEDED"
    assert len(seen) == BRANCHES + BRANCHES * ITEMS
    assert set(seen.values()) == {1}


def test_stopping_the_execution_ends_the_inner_waits(workflow: Client, a_queue: str, a_machine: Machines) -> None:
    states, waiting = workflow("stepfunctions"), list[str]()

    def answer(body: dict[str, Any]) -> None:
        if "item" in body["id"]:
            waiting.append(body["token"])
        else:
            expand(states, body)

    with a_worker(workflow, a_queue, answer):
        execution = states.start_execution(
            stateMachineArn=a_machine(fan_out(a_queue, "inline")), input=json.dumps({"items": some("branch", BRANCHES)})
        )["executionArn"]
        until(lambda: len(waiting) == BRANCHES * ITEMS or None, "the wait of all items")
    states.stop_execution(executionArn=execution)
    assert until_ended(states, execution)["status"] == "ABORTED"

    def refused(token: str) -> bool | None:
        try:
            states.send_task_success(taskToken=token, output="{}")
        except (states.exceptions.InvalidToken, states.exceptions.TaskTimedOut, states.exceptions.TaskDoesNotExist):
            return True
        return None

    for token in waiting:
        until(partial(refused, token), "the refusal of an inner token")
