"""How steps travel to workers, and alarms to people."""

from typing import Any

from aws_cdk import CfnOutput, Stack
from constructs import Construct

from capabilities.alerts import Alerts
from capabilities.steps_queue import StepsQueue
from environments import Names


class MessagingStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, names: Names, **options: Any) -> None:
        super().__init__(scope, construct_id, **options)
        steps = StepsQueue(self, "Steps", name=names.of("steps"), dead_name=names.of("steps-dead"))
        alerts = Alerts(self, "Alerts", topic_name=names.of("alerts"))
        alerts.watch(steps=steps.queue, dead=steps.dead)
        CfnOutput(self, "StepsQueueUrl", value=steps.queue.queue_url)
        CfnOutput(self, "StepsDeadQueueUrl", value=steps.dead.queue_url)
        CfnOutput(self, "AlertsTopicArn", value=alerts.topic.topic_arn)
