"""The topic to which alarms are sent, and the alarms of the steps queue."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

# A step waits longer than this only if no worker takes it.
_OLDEST_MESSAGE = Duration.minutes(5)


class Alerts(Construct):
    """A topic that people subscribe to, and alarms that publish to it, each with the question that it raises."""

    def __init__(self, scope: Construct, construct_id: str, *, topic_name: str) -> None:
        super().__init__(scope, construct_id)
        self.topic = sns.Topic(self, "Topic", topic_name=topic_name, enforce_ssl=True)

    def watch(self, *, steps: sqs.IQueue, dead: sqs.IQueue) -> None:
        self._alarm(
            "StepsWaitTooLong",
            steps.metric_approximate_age_of_oldest_message(period=Duration.minutes(1), statistic="Maximum"),
            threshold=_OLDEST_MESSAGE.to_seconds(),
            why="The oldest step message waits too long: are the workers alive?",
        )
        self._alarm(
            "DeadLetters",
            dead.metric_approximate_number_of_messages_visible(period=Duration.minutes(1), statistic="Maximum"),
            threshold=1,
            why="A step message could not be handled and the dead-letter consumer has not taken it.",
        )

    def _alarm(self, construct_id: str, metric: cloudwatch.Metric, *, threshold: float, why: str) -> None:
        alarm = cloudwatch.Alarm(
            self,
            construct_id,
            metric=metric,
            threshold=threshold,
            evaluation_periods=3,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description=why,
        )
        alarm.add_alarm_action(actions.SnsAction(self.topic))
