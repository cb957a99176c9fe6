"""The running ground: clients of both LocalStacks, and machines that a test makes for itself."""

import contextlib
import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from fixtures.cloud.lambda_code import zipped
from infra.names import LOCAL_ACCOUNT
from supervisor.clouds.cloud import Cloud
from supervisor.settings import Settings

ROLE = f"arn:aws:iam::{LOCAL_ACCOUNT}:role/any"


@pytest.fixture(scope="session")
def settings() -> Settings:
    return Settings()


@pytest.fixture(scope="session")
def cloud(settings: Settings) -> Cloud:
    """Fails, never skips: a test that needs the stack says how to start it."""
    assert settings.paths.control.exists(), (
        "the local stack does not run: use `make test`, or `make deploy-local` first"
    )
    return Cloud(settings)


@pytest.fixture(scope="session")
def workflow(cloud: Cloud) -> Callable[[str], Any]:
    return lambda service: cloud.client(service, cloud.workflow_url)


@pytest.fixture(scope="session")
def objects(cloud: Cloud) -> Callable[[str], Any]:
    return lambda service: cloud.client(service, cloud.objects_url)


@pytest.fixture
def a_name() -> str:
    return f"test-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def a_queue(workflow: Callable[[str], Any], a_name: str) -> Iterator[str]:
    sqs = workflow("sqs")
    url = sqs.create_queue(QueueName=a_name)["QueueUrl"]
    yield url
    sqs.delete_queue(QueueUrl=url)


@pytest.fixture
def a_machine(workflow: Callable[[str], Any], a_name: str) -> Iterator[Callable[[dict[str, Any]], str]]:
    """Makes state machines from definitions; they are deleted after the test."""
    states = workflow("stepfunctions")
    made: list[str] = []

    def make(definition: dict[str, Any]) -> str:
        arn: str = states.create_state_machine(
            name=f"{a_name}-{len(made)}", definition=json.dumps(definition), roleArn=ROLE
        )["stateMachineArn"]
        made.append(arn)
        return arn

    yield make
    for arn in made:
        states.delete_state_machine(stateMachineArn=arn)


@pytest.fixture
def a_function(workflow: Callable[[str], Any], a_name: str) -> Iterator[Callable[..., str]]:
    """Makes Python functions from source text; they are deleted after the test."""
    lambdas = workflow("lambda")
    made: list[str] = []

    def make(source: str, *, timeout: int = 5, runtime: str = "python3.12", wait: bool = True) -> str:
        name = f"{a_name}-{len(made)}"
        lambdas.create_function(
            FunctionName=name, Runtime=runtime, Handler="main.handler", Role=ROLE, Timeout=timeout,
            Code={"ZipFile": zipped(source)},
        )  # fmt: skip
        made.append(name)
        if wait:
            lambdas.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1})
        return name

    yield make
    for name in made:
        # LocalStack forgets a function whose creation failed as soon as it is invoked.
        with contextlib.suppress(lambdas.exceptions.ResourceNotFoundException):
            lambdas.delete_function(FunctionName=name)
