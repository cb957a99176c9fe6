"""A standard SQS queue: long polls, batches, fair by message group."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from foundation.cloud.faults import code_of, unavailable
from foundation.domain.errors import DependencyUnavailable

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient

BATCH = 10
MAX_DELAY_SECONDS = 900
_MISSING = frozenset({"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"})


class QueueMissing(DependencyUnavailable):
    """The queue does not exist, which passes: its stack is being deployed again."""

    code = "queue_missing"


@dataclass(frozen=True, slots=True)
class Received:
    """A message in flight: it comes back unless its receipt is deleted before the visibility time-out ends."""

    body: str
    receipt: str
    receive_count: int


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to send; `group` (the tenant) switches on SQS's fair queues."""

    body: str
    group: str
    delay_seconds: int = 0


class Queue:
    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    async def receive(self, limit: int, *, wait_seconds: int = 20, visibility_seconds: int = 60) -> list[Received]:
        """Up to min(limit, 10) messages, waiting for the first; `QueueMissing` or `DependencyUnavailable`."""
        with unavailable("SQS"):
            try:
                answer = await self._client.receive_message(
                    QueueUrl=self._url,
                    MaxNumberOfMessages=min(limit, BATCH),
                    WaitTimeSeconds=wait_seconds,
                    VisibilityTimeout=visibility_seconds,
                    MessageSystemAttributeNames=["ApproximateReceiveCount"],
                )
            except ClientError as error:
                raise _known(error) from error
        return [
            Received(
                message["Body"], message["ReceiptHandle"], int(message["Attributes"].get("ApproximateReceiveCount", 1))
            )
            for message in answer.get("Messages", [])
        ]

    async def send(self, messages: Sequence[Outgoing]) -> list[bool]:
        """Sends at most ten messages in one call; says for each whether SQS took it."""
        entries = [
            {
                "Id": str(index),
                "MessageBody": message.body,
                "MessageGroupId": message.group,
                "DelaySeconds": min(message.delay_seconds, MAX_DELAY_SECONDS),
            }
            for index, message in enumerate(messages)
        ]
        with unavailable("SQS"):
            try:
                answer = await self._client.send_message_batch(QueueUrl=self._url, Entries=entries)  # type: ignore[arg-type]
            except ClientError as error:
                raise _known(error) from error
        taken = {entry["Id"] for entry in answer.get("Successful", [])}
        return [str(index) in taken for index in range(len(messages))]

    async def delete(self, receipts: Sequence[str]) -> None:
        """Deletes at most ten messages; one that cannot be deleted comes back, and is refused then."""
        with unavailable("SQS"):
            await self._client.delete_message_batch(
                QueueUrl=self._url,
                Entries=[{"Id": str(index), "ReceiptHandle": receipt} for index, receipt in enumerate(receipts)],
            )

    async def extend(self, receipt: str, *, visibility_seconds: int) -> None:
        with unavailable("SQS"):
            await self._client.change_message_visibility(
                QueueUrl=self._url, ReceiptHandle=receipt, VisibilityTimeout=visibility_seconds
            )

    async def visible(self) -> int:
        """Roughly how many messages wait."""
        with unavailable("SQS"):
            answer = await self._client.get_queue_attributes(
                QueueUrl=self._url, AttributeNames=["ApproximateNumberOfMessages"]
            )
        return int(answer["Attributes"]["ApproximateNumberOfMessages"])


def _known(error: ClientError) -> Exception:
    return QueueMissing("the queue does not exist") if code_of(error) in _MISSING else error
