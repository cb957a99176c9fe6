"""A standard SQS queue: long polls, batches, fair by message group."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from foundation.cloud.faults import code_of, unavailable
from foundation.cloud.queue.base import BATCH, MAX_DELAY_SECONDS, Outgoing, QueueMissing, Received, check_batch

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient

_MISSING = frozenset({"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"})


class SqsQueue:
    """The port on one SQS queue."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    async def receive(self, limit: int, *, wait_seconds: int = 20, visibility_seconds: int = 60) -> list[Received]:
        with _asked():
            answer = await self._client.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=min(limit, BATCH),
                WaitTimeSeconds=wait_seconds,
                VisibilityTimeout=visibility_seconds,
                MessageSystemAttributeNames=["ApproximateReceiveCount"],
            )
        return [
            Received(
                message["Body"], message["ReceiptHandle"], int(message["Attributes"].get("ApproximateReceiveCount", 1))
            )
            for message in answer.get("Messages", [])
        ]

    async def send(self, messages: Sequence[Outgoing]) -> list[bool]:
        check_batch(messages)
        if not messages:
            return []  # SQS refuses a batch of none
        entries = [
            {
                "Id": str(index),
                "MessageBody": message.body,
                "MessageGroupId": message.group,
                "DelaySeconds": min(message.delay_seconds, MAX_DELAY_SECONDS),
            }
            for index, message in enumerate(messages)
        ]
        with _asked():
            answer = await self._client.send_message_batch(QueueUrl=self._url, Entries=entries)  # type: ignore[arg-type]
        taken = {entry["Id"] for entry in answer.get("Successful", [])}
        return [str(index) in taken for index in range(len(messages))]

    async def delete(self, receipts: Sequence[str]) -> None:
        check_batch(receipts)
        if not receipts:
            return
        with _asked():
            await self._client.delete_message_batch(
                QueueUrl=self._url,
                Entries=[{"Id": str(index), "ReceiptHandle": receipt} for index, receipt in enumerate(receipts)],
            )

    async def extend(self, receipt: str, *, visibility_seconds: int) -> None:
        with _asked():
            await self._client.change_message_visibility(
                QueueUrl=self._url, ReceiptHandle=receipt, VisibilityTimeout=visibility_seconds
            )

    async def visible(self) -> int:
        with _asked():
            answer = await self._client.get_queue_attributes(
                QueueUrl=self._url, AttributeNames=["ApproximateNumberOfMessages"]
            )
        return int(answer["Attributes"]["ApproximateNumberOfMessages"])


@contextmanager
def _asked() -> Iterator[None]:
    with unavailable("SQS"):
        try:
            yield
        except ClientError as error:
            if code_of(error) in _MISSING:
                raise QueueMissing("the queue does not exist") from error
            raise
