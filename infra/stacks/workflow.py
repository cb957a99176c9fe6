"""What executes a run: the functions, the state machine, and the rule for executions that end from outside."""

from typing import Any

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.capabilities.function import Function
from infra.capabilities.outside_endings import OutsideEndings
from infra.capabilities.run_machine import RunMachine
from infra.environments import Environment


class WorkflowStack(Stack):
    """It knows the steps queue by its name: an export would tie its deployment to that of the messaging stack."""

    def __init__(self, scope: Construct, construct_id: str, *, environment: Environment, **options: Any) -> None:
        super().__init__(scope, construct_id, **options)
        names = environment.names
        queue = sqs.Queue.from_queue_arn(self, "StepsQueue", names.steps_queue_arn)
        queue_url = environment.steps_queue_url or queue.queue_url
        surroundings = {
            "LOCKSTEP_STATE_MACHINE_ARN": names.state_machine_arn,
            "LOCKSTEP_ARTIFACTS_BUCKET": names.artifacts_bucket,
            "LOCKSTEP_STEPS_QUEUE_URL": queue_url,
            **environment.lambda_environment,
        }
        layers = self._packages(environment)
        functions = {
            module: Function(
                self,
                "".join(part.capitalize() for part in module.split("_")),
                module=module,
                name=names.of(module.replace("_", "-")),
                environment=surroundings,
                layers=layers,
            ).function
            for module in ("init_run", "finalize_run", "reconcile_execution")
        }
        machine = RunMachine(
            self,
            "Run",
            name=names.of("run"),
            own_arn=names.state_machine_arn,
            steps_queue_arn=queue.queue_arn,
            steps_queue_url=queue_url,
            init_run=functions["init_run"],
            finalize_run=functions["finalize_run"],
        ).machine
        OutsideEndings(
            self, "Endings", state_machine_arn=names.state_machine_arn, reconcile=functions["reconcile_execution"]
        )
        CfnOutput(self, "StateMachineArn", value=machine.state_machine_arn)

    def _packages(self, environment: Environment) -> list[lambda_.ILayerVersion]:
        if environment.lambda_packages is None:
            return []
        return [
            lambda_.LayerVersion(
                self,
                "Packages",
                code=lambda_.Code.from_asset(str(environment.lambda_packages)),
                compatible_runtimes=[lambda_.Runtime.PYTHON_3_12],
            )
        ]
