"""The queues by which steps reach workers, the clock of schedules, and the topic by which alarms reach people."""

from typing import Any

from aws_cdk import CfnOutput, Stack
from constructs import Construct

from infra.capabilities.alerts import Alerts
from infra.capabilities.schedule_clock import ScheduleClock
from infra.capabilities.steps_queue import StepsQueue
from infra.names import Names


class MessagingStack(Stack):
    """Its outputs are the addresses that workers and the alarms' subscribers are given as settings."""

    def __init__(self, scope: Construct, construct_id: str, *, names: Names, **options: Any) -> None:
        super().__init__(scope, construct_id, **options)
        steps = StepsQueue(self, "Steps", name=names.steps_queue, dead_name=names.dead_steps_queue)
        alerts = Alerts(self, "Alerts", topic_name=names.of("alerts"))
        alerts.watch(steps=steps.queue, dead=steps.dead)
        alerts.watch_services()
        clock = ScheduleClock(
            self,
            "Schedules",
            name=names.firings_queue,
            dead_name=names.dead_firings_queue,
            group_name=names.schedule_group,
            account=names.account,
        )
        CfnOutput(self, "ScheduleGroup", value=names.schedule_group)
        CfnOutput(self, "ScheduleQueueUrl", value=clock.queue.queue_url)
        CfnOutput(self, "ScheduleQueueArn", value=clock.queue.queue_arn)
        CfnOutput(self, "ScheduleDeadQueueArn", value=clock.dead.queue_arn)
        CfnOutput(self, "ScheduleRoleArn", value=clock.role.role_arn)
        CfnOutput(self, "ScheduleKeeperPolicyArn", value=clock.keeper.managed_policy_arn)
        CfnOutput(self, "StepsQueueUrl", value=steps.queue.queue_url)
        CfnOutput(self, "StepsDeadQueueUrl", value=steps.dead.queue_url)
        CfnOutput(self, "AlertsTopicArn", value=alerts.topic.topic_arn)
