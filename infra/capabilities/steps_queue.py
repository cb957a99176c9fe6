"""The queue of steps, and the dead-letter queue for messages that no worker could handle."""

from aws_cdk import Duration
from aws_cdk import aws_sqs as sqs
from constructs import Construct

# More often than any temporary refusal lasts; a message that is received this often can never be handled.
_MOST_RECEIVES = 20


class StepsQueue(Construct):
    """Both queues of one deployment: `queue` for steps, `dead` for messages that were received too often."""

    def __init__(self, scope: Construct, construct_id: str, *, name: str, dead_name: str) -> None:
        super().__init__(scope, construct_id)
        self.dead = sqs.Queue(
            self,
            "Dead",
            queue_name=dead_name,
            retention_period=Duration.days(14),
            receive_message_wait_time=Duration.seconds(20),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
        )
        self.queue = sqs.Queue(
            self,
            "Steps",
            queue_name=name,
            # A worker extends it every 15 s, together with the lease of its step.
            visibility_timeout=Duration.seconds(60),
            receive_message_wait_time=Duration.seconds(20),
            retention_period=Duration.days(4),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.dead, max_receive_count=_MOST_RECEIVES),
        )
