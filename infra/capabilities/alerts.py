"""The topic to which alarms are sent, and the alarms: those of the queues, and the alerts that all platforms have."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.alerting.cloudwatch_agent import ALIVE, NAMESPACE
from infra.alerting.conditions import Above, Condition, Down, Grew, Reached, Series, Share
from infra.alerting.rules import RULES

# A step waits longer than this only if no worker takes it.
_OLDEST_MESSAGE = Duration.minutes(5)
_MINUTE = Duration.minutes(1)


class Alerts(Construct):
    """A topic that people subscribe to, and alarms that publish to it, each with the question that it raises."""

    def __init__(self, scope: Construct, construct_id: str, *, topic_name: str) -> None:
        super().__init__(scope, construct_id)
        self.topic = sns.Topic(self, "Topic", topic_name=topic_name, enforce_ssl=True)

    def watch(self, *, steps: sqs.IQueue, dead: sqs.IQueue) -> None:
        """What SQS tells by itself, whether a worker lives or not."""
        self._alarm(
            "StepsWaitTooLong",
            steps.metric_approximate_age_of_oldest_message(period=_MINUTE, statistic="Maximum"),
            threshold=_OLDEST_MESSAGE.to_seconds(),
            why="The oldest step message waits too long: are the workers alive?",
        )
        self._alarm(
            "DeadLetters",
            dead.metric_approximate_number_of_messages_visible(period=_MINUTE, statistic="Maximum"),
            threshold=1,
            why="A step message could not be handled and the dead-letter consumer has not taken it.",
        )

    def watch_services(self) -> None:
        """The alerts of `infra/alerting/rules.py`, on what CloudWatch's agent carries from the services' `/metrics`."""
        for rule in RULES:
            why = f"{rule.summary} docs/runbooks/{rule.runbook} ({rule.severity})"
            if isinstance(rule.condition, Down):
                for job in rule.condition.jobs:
                    self._missing(f"{rule.name}-{job}", job, why=f"{job}: {why}")
                continue
            metric, threshold, least = _measured(rule.condition)
            self._alarm(f"Rule{rule.name}", metric, threshold=threshold, why=why, above=not least, periods=rule.minutes)

    def _missing(self, construct_id: str, job: str, *, why: str) -> None:
        """An alarm that is raised by silence."""
        alarm = cloudwatch.Alarm(
            self,
            construct_id,
            metric=cloudwatch.Metric(
                namespace=NAMESPACE,
                metric_name=ALIVE,
                dimensions_map={"job": job},
                statistic="SampleCount",
                period=_MINUTE,
            ),
            threshold=1,
            evaluation_periods=3,
            comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
            alarm_description=why,
        )
        alarm.add_alarm_action(actions.SnsAction(self.topic))

    def _alarm(
        self,
        construct_id: str,
        metric: cloudwatch.IMetric,
        *,
        threshold: float,
        why: str,
        above: bool = False,
        periods: int = 3,
    ) -> None:
        operators = cloudwatch.ComparisonOperator
        alarm = cloudwatch.Alarm(
            self,
            construct_id,
            metric=metric,
            threshold=threshold,
            evaluation_periods=max(1, periods),
            comparison_operator=(
                operators.GREATER_THAN_THRESHOLD if above else operators.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
            ),
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description=why,
        )
        alarm.add_alarm_action(actions.SnsAction(self.topic))


def _measured(condition: Condition) -> tuple[cloudwatch.IMetric, float, bool]:
    """The metric of a condition, its threshold, and whether the threshold itself raises the alarm."""
    match condition:
        case Above() if len(condition.series) == 1:
            return _metric(condition.series[0], "Maximum", _MINUTE), condition.threshold, False
        case Above():
            parts = {f"m{at}": _metric(one, "Maximum", _MINUTE) for at, one in enumerate(condition.series)}
            return _math(" + ".join(parts), parts, _MINUTE), condition.threshold, False
        case Reached():
            return _metric(condition.series, "Maximum", _MINUTE), condition.level, True
        case Grew():
            period = Duration.minutes(condition.minutes)
            return _metric(condition.series, "Sum", period), condition.more_than, False
        case Share():
            period = Duration.minutes(condition.minutes)
            parts = {"part": _metric(condition.part, "Sum", period), "whole": _metric(condition.whole, "Sum", period)}
            share = f"IF(whole >= {condition.of_at_least}, part / whole, 0)"
            return _math(share, parts, period), condition.more_than, False
    raise TypeError(f"nothing is measured for {condition}")


def _metric(series: Series, statistic: str, period: Duration) -> cloudwatch.Metric:
    # The agent sends a counter's growth, so that its sum over a period is what Prometheus calls its increase.
    return cloudwatch.Metric(
        namespace=NAMESPACE,
        metric_name=series.metric,
        dimensions_map=dict(series.where) or None,
        statistic=statistic,
        period=period,
    )


def _math(expression: str, parts: dict[str, cloudwatch.Metric], period: Duration) -> cloudwatch.MathExpression:
    return cloudwatch.MathExpression(expression=expression, using_metrics=dict(parts), period=period)
