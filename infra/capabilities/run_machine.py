"""The state machine that executes a run, from `statemachines/run.asl.json`."""

from pathlib import Path

from aws_cdk import RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

DEFINITION = Path(__file__).resolve().parents[2] / "statemachines" / "run.asl.json"


class RunMachine(Construct):
    """The machine and its log group; the queue and functions of this deployment are put into the definition."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        own_arn: str,
        steps_queue_arn: str,
        steps_queue_url: str,
        init_run: lambda_.IFunction,
        finalize_run: lambda_.IFunction,
    ) -> None:
        super().__init__(scope, construct_id)
        log_group = logs.LogGroup(
            self,
            "Logs",
            log_group_name=f"/aws/vendedlogs/states/{name}",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.machine = sfn.StateMachine(
            self,
            "Machine",
            state_machine_name=name,
            definition_body=sfn.DefinitionBody.from_file(str(DEFINITION)),
            definition_substitutions={
                "StepsQueueUrl": steps_queue_url,
                "InitRunArn": init_run.function_arn,
                "FinalizeRunArn": finalize_run.function_arn,
            },
            # Payloads are not logged: they contain only ids, and Step Functions keeps the histories itself.
            logs=sfn.LogOptions(destination=log_group, level=sfn.LogLevel.ERROR, include_execution_data=False),
            tracing_enabled=True,
        )
        init_run.grant_invoke(self.machine)
        finalize_run.grant_invoke(self.machine)
        self._allow(["sqs:SendMessage"], [steps_queue_arn])
        # A distributed Map starts child executions of this same machine, and describes, stops and redrives them.
        # By name, because the role must exist before the machine does.
        self._allow(["states:StartExecution"], [own_arn])
        executions = own_arn.replace(":stateMachine:", ":execution:")
        self._allow(
            ["states:DescribeExecution", "states:StopExecution", "states:RedriveExecution"],
            [f"{executions}:*", f"{executions}/*"],
        )

    def _allow(self, actions: list[str], resources: list[str]) -> None:
        self.machine.add_to_role_policy(iam.PolicyStatement(actions=actions, resources=resources))
