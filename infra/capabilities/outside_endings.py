"""A rule that calls a function when an execution ends, so that no run stays open whose execution is over."""

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

_ENDED = ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]


class OutsideEndings(Construct):
    """Hands every ended execution of the run machine to `reconcile_execution`, which closes a run that is left open."""

    def __init__(
        self, scope: Construct, construct_id: str, *, state_machine_arn: str, reconcile: lambda_.IFunction
    ) -> None:
        super().__init__(scope, construct_id)
        events.Rule(
            self,
            "Rule",
            description="Every ended execution of the run machine, and of no other",
            event_pattern=events.EventPattern(
                source=["aws.states"],
                detail_type=["Step Functions Execution Status Change"],
                detail={"stateMachineArn": [state_machine_arn], "status": _ENDED},
            ),
            targets=[targets.LambdaFunction(reconcile, retry_attempts=10, max_event_age=Duration.hours(2))],
        )
