"""What executions must do: those of Step Functions as the stack has it, and the ones in memory."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from uuid import uuid4

import boto3
import pytest

from fixtures.cloud.closed_ports import clients_of_nothing
from fixtures.cloud.token_machines import receive_one, token_wait
from fixtures.eventually import eventually
from foundation.cloud.clients import Clients
from foundation.cloud.executions.base import MAX_DOCUMENT_BYTES, DocumentRefused, Executions
from foundation.cloud.executions.fake import FakeExecutions
from foundation.cloud.executions.step_functions import StepFunctionsExecutions
from foundation.domain.errors import DependencyUnavailable

KINDS = ["fake", pytest.param("step functions", marks=pytest.mark.stack)]
ROLE = "arn:aws:iam::000000000000:role/any"


@dataclass(frozen=True, slots=True)
class Played:
    """`token` is what an execution that runs waits for; each execution waits for one answer and ends with it."""

    executions: Executions
    token: Callable[[str], Awaitable[str]]

    async def status(self, name: str) -> str | None:
        described = await self.executions.describe(name)
        return described.status if described else None

    async def until(self, name: str, status: str) -> None:
        async def reached() -> bool:
            return await self.status(name) == status

        await eventually(reached)


@pytest.fixture(params=KINDS)
async def played(request: pytest.FixtureRequest) -> AsyncIterator[Played]:
    if request.param == "fake":
        fake = FakeExecutions()

        async def token_of(name: str) -> str:
            return fake.token(name)

        yield Played(fake, token_of)
        return
    sqs, states = boto3.client("sqs"), boto3.client("stepfunctions")
    url = sqs.create_queue(QueueName=f"contract-{uuid4().hex[:12]}")["QueueUrl"]
    arn = states.create_state_machine(
        name=f"contract-{uuid4().hex[:12]}", definition=json.dumps(token_wait(url)), roleArn=ROLE
    )["stateMachineArn"]

    async def token(_: str) -> str:
        """Each test waits for one execution at a time."""
        return str((await asyncio.to_thread(receive_one, sqs, url))["token"])

    async with Clients() as clients:
        yield Played(StepFunctionsExecutions(await clients.stepfunctions(), arn), token)
    states.delete_state_machine(stateMachineArn=arn)
    sqs.delete_queue(QueueUrl=url)


@pytest.fixture(params=KINDS)
async def away(request: pytest.FixtureRequest) -> AsyncIterator[Executions]:
    if request.param == "fake":
        yield FakeExecutions(away=True)
    else:
        async with clients_of_nothing() as clients:
            machine = "arn:aws:states:us-east-1:000000000000:stateMachine:none"
            yield StepFunctionsExecutions(await clients.stepfunctions(), machine)


async def test_an_execution_runs_once_it_is_started_and_ends_with_the_answer_to_its_token(played: Played) -> None:
    await played.executions.start("one", "{}")
    assert await played.status("one") == "RUNNING"
    await played.executions.succeed(await played.token("one"), '{"done": true}')
    await played.until("one", "SUCCEEDED")


async def test_a_name_is_started_once_also_when_it_has_ended(played: Played) -> None:
    await played.executions.start("one", '{"first": 1}')
    await played.executions.start("one", '{"first": 1}')
    await played.executions.stop("one", cause="the test")
    await played.until("one", "ABORTED")
    await played.executions.start("one", '{"second": 2}')
    assert await played.status("one") == "ABORTED"


async def test_a_stop_reaches_only_the_execution_of_its_name(played: Played) -> None:
    await played.executions.start("one", "{}")
    await played.executions.start("two", "{}")
    await played.executions.stop("one", cause="the test")
    await played.until("one", "ABORTED")
    assert await played.status("two") == "RUNNING"


async def test_stopping_what_is_unknown_or_has_ended_is_harmless(played: Played) -> None:
    await played.executions.stop("never-started", cause="the test")
    await played.executions.start("one", "{}")
    await played.executions.succeed(await played.token("one"), "{}")
    await played.until("one", "SUCCEEDED")
    await played.executions.stop("one", cause="the test")
    assert await played.status("one") == "SUCCEEDED"


async def test_an_unknown_execution_is_told_as_none(played: Played) -> None:
    assert await played.executions.describe("never-started") is None


async def test_answering_a_token_that_waits_no_longer_is_harmless(played: Played) -> None:
    await played.executions.start("one", "{}")
    token = await played.token("one")
    await played.executions.stop("one", cause="the test")
    await played.until("one", "ABORTED")
    await played.executions.succeed(token, "{}")
    await played.executions.succeed("no token at all", "{}")
    assert await played.status("one") == "ABORTED"


@pytest.mark.parametrize("document", ["", "{", "{'a': 1}", json.dumps("x" * MAX_DOCUMENT_BYTES)])
async def test_what_is_no_json_or_too_large_is_refused_for_good_and_changes_nothing(
    played: Played, document: str
) -> None:
    with pytest.raises(DocumentRefused):
        await played.executions.start("one", document)
    assert await played.status("one") is None
    await played.executions.start("one", json.dumps("x" * (MAX_DOCUMENT_BYTES - 2)))
    token = await played.token("one")
    with pytest.raises(DocumentRefused):
        await played.executions.succeed(token, document)
    assert await played.status("one") == "RUNNING"
    await played.executions.succeed(token, "{}")
    await played.until("one", "SUCCEEDED")


async def test_executions_that_do_not_answer_are_unavailable_to_every_call(away: Executions) -> None:
    calls = [away.start("one", "{}"), away.stop("one", cause="x"), away.describe("one"), away.succeed("token", "{}")]
    raised = await asyncio.gather(*calls, return_exceptions=True)
    assert {type(error) for error in raised} == {DependencyUnavailable}
