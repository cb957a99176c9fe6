"""Waiting for a task token: answered, late, early, aborted."""

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest

from fixtures.cloud.token_machines import receive_one, token_wait
from fixtures.waiting import until, until_ended

pytestmark = pytest.mark.stack

Client = Callable[[str], Any]
Machines = Callable[[dict[str, Any]], str]


def test_a_token_answered_ends_the_wait_with_its_output(workflow: Client, a_queue: str, a_machine: Machines) -> None:
    states = workflow("stepfunctions")
    machine = a_machine(token_wait(a_queue, TimeoutSecondsPath="$.timeout_seconds"))
    execution = states.start_execution(stateMachineArn=machine, input='{"timeout_seconds": 600}')["executionArn"]
    token = receive_one(workflow("sqs"), a_queue)["token"]
    states.send_task_success(taskToken=token, output='{"next": "done"}')
    ended = until_ended(states, execution)
    assert ended["status"] == "SUCCEEDED"
    assert json.loads(ended["output"]) == {"next": "done"}


def test_a_token_not_answered_times_out_after_the_seconds_in_the_input(
    workflow: Client, a_queue: str, a_machine: Machines
) -> None:
    states = workflow("stepfunctions")
    definition = token_wait(
        a_queue, TimeoutSecondsPath="$.timeout_seconds", Catch=[{"ErrorEquals": ["States.Timeout"], "Next": "Late"}]
    )
    definition["States"]["Late"] = {"Type": "Pass", "Result": "late", "End": True}
    execution = states.start_execution(stateMachineArn=a_machine(definition), input='{"timeout_seconds": 1}')
    ended = until_ended(states, execution["executionArn"])
    assert ended["output"] == '"late"'
    assert (ended["stopDate"] - ended["startDate"]).total_seconds() >= 1


def test_a_wait_without_heartbeat_outlives_a_silent_worker(workflow: Client, a_queue: str, a_machine: Machines) -> None:
    """Nobody sends a heartbeat and nobody answers: only the state's own time-out would end it."""
    states = workflow("stepfunctions")
    machine = a_machine(token_wait(a_queue, TimeoutSecondsPath="$.timeout_seconds"))
    execution = states.start_execution(stateMachineArn=machine, input='{"timeout_seconds": 600}')["executionArn"]
    token = receive_one(workflow("sqs"), a_queue)["token"]
    # A state with a heartbeat of two seconds, begun later, is given up; the one without is still there.
    noticed = a_machine(token_wait(a_queue, TimeoutSeconds=600, HeartbeatSeconds=2))
    until_ended(states, states.start_execution(stateMachineArn=noticed)["executionArn"])
    assert states.describe_execution(executionArn=execution)["status"] == "RUNNING"
    states.send_task_success(taskToken=token, output="{}")
    assert until_ended(states, execution)["status"] == "SUCCEEDED"


def test_an_answer_that_comes_before_the_wait_is_not_lost(workflow: Client, a_queue: str, a_machine: Machines) -> None:
    """Repair: with a heartbeat, an early answer used to be forgotten. Many quick answers meet the window."""
    states, sqs = workflow("stepfunctions"), workflow("sqs")
    machine = a_machine(token_wait(a_queue, TimeoutSeconds=60, HeartbeatSeconds=30))
    executions: list[str] = []
    answered = 0

    def answer_at_once() -> None:
        nonlocal answered
        while answered < 10:
            for message in sqs.receive_message(QueueUrl=a_queue, WaitTimeSeconds=5, MaxNumberOfMessages=10).get(
                "Messages", []
            ):
                states.send_task_success(taskToken=json.loads(message["Body"])["token"], output="{}")
                answered += 1

    worker = threading.Thread(target=answer_at_once)
    worker.start()
    executions = [states.start_execution(stateMachineArn=machine)["executionArn"] for _ in range(10)]
    worker.join(timeout=60)
    assert {until_ended(states, one)["status"] for one in executions} == {"SUCCEEDED"}


def test_a_stopped_execution_is_aborted_and_its_token_refused(
    workflow: Client, a_queue: str, a_machine: Machines
) -> None:
    states = workflow("stepfunctions")
    machine = a_machine(token_wait(a_queue, TimeoutSeconds=600))
    execution = states.start_execution(stateMachineArn=machine)["executionArn"]
    token = receive_one(workflow("sqs"), a_queue)["token"]
    states.stop_execution(executionArn=execution, error="Cancelled", cause="a person")
    assert until_ended(states, execution)["status"] == "ABORTED"

    def refused() -> bool | None:
        """An endpoint may live a moment longer than its execution."""
        try:
            states.send_task_success(taskToken=token, output="{}")
        except (states.exceptions.InvalidToken, states.exceptions.TaskTimedOut, states.exceptions.TaskDoesNotExist):
            return True
        return None

    until(refused, "the refusal of the token")
    assert states.describe_execution(executionArn=execution)["status"] == "ABORTED"


def test_an_answer_to_an_unknown_token_is_refused(workflow: Client) -> None:
    states = workflow("stepfunctions")
    with pytest.raises(states.exceptions.InvalidToken):
        states.send_task_success(taskToken="a-token-of-an-earlier-life", output="{}")


def test_an_ended_execution_is_told_to_eventbridge(
    workflow: Client, a_queue: str, a_machine: Machines, a_name: str
) -> None:
    states, sqs, events = workflow("stepfunctions"), workflow("sqs"), workflow("events")
    machine = a_machine({"StartAt": "End", "States": {"End": {"Type": "Succeed"}}})
    pattern = {"source": ["aws.states"], "detail": {"stateMachineArn": [machine], "status": ["SUCCEEDED"]}}
    events.put_rule(Name=a_name, EventPattern=json.dumps(pattern))
    queue_arn = sqs.get_queue_attributes(QueueUrl=a_queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_targets(Rule=a_name, Targets=[{"Id": "queue", "Arn": queue_arn}])
    execution = states.start_execution(stateMachineArn=machine)["executionArn"]
    assert receive_one(sqs, a_queue)["detail"]["executionArn"] == execution
    events.remove_targets(Rule=a_name, Ids=["queue"])
    events.delete_rule(Name=a_name)
