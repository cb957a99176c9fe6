"""Executions of a state machine of Step Functions."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from foundation.cloud.executions.base import Described, check_document
from foundation.cloud.faults import code_of, unavailable

if TYPE_CHECKING:
    from types_aiobotocore_stepfunctions import SFNClient

_TOKEN_GONE = frozenset({"InvalidToken", "TaskDoesNotExist", "TaskTimedOut"})


class StepFunctionsExecutions:
    """The port on one state machine."""

    def __init__(self, client: "SFNClient", state_machine_arn: str) -> None:
        self._client = client
        self._state_machine_arn = state_machine_arn

    def _arn(self, name: str) -> str:
        return f"{self._state_machine_arn.replace(':stateMachine:', ':execution:')}:{name}"

    async def start(self, name: str, document: str) -> None:
        check_document(document)
        with unavailable("Step Functions"):
            try:
                await self._client.start_execution(stateMachineArn=self._state_machine_arn, name=name, input=document)
            except ClientError as error:
                if code_of(error) != "ExecutionAlreadyExists":
                    raise

    async def stop(self, name: str, *, cause: str) -> None:
        with unavailable("Step Functions"):
            try:
                await self._client.stop_execution(executionArn=self._arn(name), error="Stopped", cause=cause)
            except ClientError as error:
                if code_of(error) not in {"ExecutionDoesNotExist", "ValidationException"}:
                    raise

    async def describe(self, name: str) -> Described | None:
        with unavailable("Step Functions"):
            try:
                answer = await self._client.describe_execution(executionArn=self._arn(name))
            except ClientError as error:
                if code_of(error) in {"ExecutionDoesNotExist", "StateMachineDoesNotExist"}:
                    return None
                raise
        return Described(answer["status"])

    async def succeed(self, task_token: str, output: str) -> None:
        check_document(output)
        with unavailable("Step Functions"):
            try:
                await self._client.send_task_success(taskToken=task_token, output=output)
            except ClientError as error:
                if code_of(error) not in _TOKEN_GONE:
                    raise
