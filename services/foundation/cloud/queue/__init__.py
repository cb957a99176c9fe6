"""A queue: what it promises, SQS, and one in memory."""

from foundation.cloud.queue.base import BATCH as BATCH
from foundation.cloud.queue.base import Outgoing as Outgoing
from foundation.cloud.queue.base import QueueMissing as QueueMissing
from foundation.cloud.queue.base import Received as Received
from foundation.cloud.queue.sqs import SqsQueue as Queue

__all__ = ["BATCH", "Outgoing", "Queue", "QueueMissing", "Received"]
