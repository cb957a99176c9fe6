"""The clock of schedules: a group of EventBridge Scheduler, whose entries the control plane makes, and their queue."""

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sqs as sqs
from constructs import Construct

# A firing is found without its message after two minutes, so that more tries help nobody.
_MOST_RECEIVES = 5


class ScheduleClock(Construct):
    """The group, the queue to which its schedules send, the role that lets them, and where what fails is kept."""

    def __init__(
        self, scope: Construct, construct_id: str, *, name: str, dead_name: str, group_name: str, account: str
    ) -> None:
        super().__init__(scope, construct_id)
        self.group = scheduler.CfnScheduleGroup(self, "Group", name=group_name)
        self.dead = sqs.Queue(
            self,
            "Dead",
            queue_name=dead_name,
            retention_period=Duration.days(14),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
        )
        self.queue = sqs.Queue(
            self,
            "Firings",
            queue_name=name,
            visibility_timeout=Duration.seconds(60),
            receive_message_wait_time=Duration.seconds(20),
            retention_period=Duration.days(4),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.dead, max_receive_count=_MOST_RECEIVES),
        )
        self.role = iam.Role(
            self,
            "Sends",
            # Without the condition any schedule of any account could make the service use this role.
            assumed_by=iam.ServicePrincipal(
                "scheduler.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": account}}
            ),
            description="EventBridge Scheduler sends to the queue of firings as this role",
        )
        for queue in (self.queue, self.dead):
            queue.grant_send_messages(self.role)
        self.keeper = self._keeper(group_name)

    def _keeper(self, group_name: str) -> iam.ManagedPolicy:
        """What the control plane needs, to be attached to its role."""
        keeps = iam.PolicyStatement(
            actions=["scheduler:CreateSchedule", "scheduler:UpdateSchedule", "scheduler:DeleteSchedule"],
            resources=[f"arn:aws:scheduler:*:*:schedule/{group_name}/*"],
        )
        hands_on = iam.PolicyStatement(
            actions=["iam:PassRole"],
            resources=[self.role.role_arn],
            conditions={"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}},
        )
        policy = iam.ManagedPolicy(
            self,
            "KeepsSchedules",
            description="keeps the entries of schedules, and takes the messages of their clock",
            statements=[keeps, hands_on],
        )
        self.queue.grant_consume_messages(policy)
        return policy
