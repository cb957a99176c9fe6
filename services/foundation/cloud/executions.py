"""Executions of the run state machine: started once by name, stopped, described, and answered by task token."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from foundation.cloud.faults import code_of, unavailable

if TYPE_CHECKING:
    from types_aiobotocore_stepfunctions import SFNClient

_TOKEN_GONE = frozenset({"InvalidToken", "TaskDoesNotExist", "TaskTimedOut"})


@dataclass(frozen=True, slots=True)
class Described:
    """An execution's state in Step Functions' words: RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED."""

    status: str


def execution_name(run_id: object, generation: int) -> str:
    """The one name an execution of this generation can have, so that starting it twice starts it once."""
    return f"{run_id}-{generation}"


class Executions:
    def __init__(self, client: "SFNClient", state_machine_arn: str) -> None:
        self._client = client
        self._state_machine_arn = state_machine_arn

    def arn(self, name: str) -> str:
        return f"{self._state_machine_arn.replace(':stateMachine:', ':execution:')}:{name}"

    async def start(self, name: str, document: str) -> None:
        """Starts the execution; one of that name that was started before counts as started."""
        with unavailable("Step Functions"):
            try:
                await self._client.start_execution(stateMachineArn=self._state_machine_arn, name=name, input=document)
            except ClientError as error:
                if code_of(error) != "ExecutionAlreadyExists":
                    raise

    async def stop(self, name: str, *, cause: str) -> None:
        """Stops the execution; one that is unknown or has ended counts as stopped."""
        with unavailable("Step Functions"):
            try:
                await self._client.stop_execution(executionArn=self.arn(name), error="Stopped", cause=cause)
            except ClientError as error:
                if code_of(error) not in {"ExecutionDoesNotExist", "ValidationException"}:
                    raise

    async def describe(self, name: str) -> Described | None:
        """What Step Functions says of the execution; None when it knows none of that name."""
        with unavailable("Step Functions"):
            try:
                answer = await self._client.describe_execution(executionArn=self.arn(name))
            except ClientError as error:
                if code_of(error) in {"ExecutionDoesNotExist", "StateMachineDoesNotExist"}:
                    return None
                raise
        return Described(answer["status"])

    async def succeed(self, task_token: str, output: str) -> None:
        """Answers a waiting token; one that waits no longer counts as answered."""
        with unavailable("Step Functions"):
            try:
                await self._client.send_task_success(taskToken=task_token, output=output)
            except ClientError as error:
                if code_of(error) not in _TOKEN_GONE:
                    raise
