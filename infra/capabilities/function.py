"""One Lambda of `services/lambdas`: its code, its log group, its role."""

from pathlib import Path

from aws_cdk import Duration, IgnoreMode, RemovalPolicy
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

_SERVICES = Path(__file__).resolve().parents[2] / "services"


class Function(Construct):
    """The function of one module of `services/lambdas`; as no role is given, the CDK makes one of its own for it."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        module: str,
        name: str,
        environment: dict[str, str],
        layers: list[lambda_.ILayerVersion],
    ) -> None:
        super().__init__(scope, construct_id)
        log_group = logs.LogGroup(
            self,
            "Logs",
            log_group_name=f"/aws/lambda/{name}",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.function = lambda_.Function(
            self,
            "Function",
            function_name=name,
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler=f"lambdas.{module}.handler",
            code=only_the_lambdas(),
            timeout=Duration.seconds(30),
            memory_size=512,
            environment=environment,
            layers=layers,
            log_group=log_group,
        )


def only_the_lambdas() -> lambda_.AssetCode:
    """`services/` with only the functions and what they import."""
    return lambda_.Code.from_asset(
        str(_SERVICES), exclude=["/*", "!/lambdas", "!/foundation", "__pycache__"], ignore_mode=IgnoreMode.GIT
    )
