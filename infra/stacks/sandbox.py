"""Where jobs run in AWS: two networks, the tasks of runners in the one, the egress service in the other.

The launcher itself is started elsewhere, in the group that is made for it here. What its settings need is put out.
"""

from typing import Any

from aws_cdk import CfnOutput, Fn, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from constructs import Construct

from infra.capabilities.sandbox.between import Between
from infra.capabilities.sandbox.egress_service import PORT, EgressService
from infra.capabilities.sandbox.platform_network import PlatformNetwork
from infra.capabilities.sandbox.runner_tasks import RunnerTasks, log_group_of
from infra.capabilities.sandbox.tool_network import HTTPS, ToolNetwork
from infra.names import Names
from infra.sandbox_inputs import ZONE, Image, SandboxInputs


class SandboxStack(Stack):
    """It knows buckets and secrets by their names, images by their digests."""

    def __init__(
        self, scope: Construct, construct_id: str, *, names: Names, inputs: SandboxInputs, **options: Any
    ) -> None:
        super().__init__(scope, construct_id, **options)
        runner, egress = Image.of(inputs.runner_image), Image.of(inputs.egress_image)
        tools = ToolNetwork(self, "Tools", names=names, repository=runner.repository, logs=log_group_of(names))
        platform = PlatformNetwork(
            self,
            "Platform",
            names=names,
            egress_port=PORT,
            inner_ports=sorted({inputs.launcher_port, inputs.gateway_port}),
        )
        between = Between(self, "Between", names=names, tools=tools, platform=platform, zone=ZONE)
        between.let_tasks_reach("Egress", platform.egress, PORT, "connections of jobs")
        between.let_tasks_reach("Launcher", platform.launcher, inputs.launcher_port, "leases and results of runners")
        tools.allow(ec2.Peer.prefix_list(inputs.s3_prefix_list), HTTPS, "artifacts, by presigned requests")
        tools.allow_names(names, _names(names, inputs))
        platform.let_egress_ask(platform.launcher, inputs.launcher_port, "what jobs may, and what they asked for")
        platform.let_egress_ask(platform.gateway, inputs.gateway_port, "calls of models of jobs")
        cluster = ecs.Cluster(self, "Cluster", cluster_name=names.of("tools"), vpc=platform.vpc)
        tasks = RunnerTasks(self, "Runners", names=names, image=runner, cluster=cluster)
        EgressService(
            self,
            "EgressService",
            names=names,
            image=egress,
            cluster=cluster,
            network=platform,
            launcher_url=inputs.launcher_url,
        )
        self._put_out(tools, platform, cluster, tasks)

    def _put_out(self, tools: ToolNetwork, platform: PlatformNetwork, cluster: ecs.Cluster, tasks: RunnerTasks) -> None:
        """Settings of the launcher: `LOCKSTEP_LAUNCHER_FARGATE_…`; and where it is to be started itself."""
        put = {
            "FargateCluster": cluster.cluster_arn,
            "FargateTaskDefinition": tasks.definition.ref,
            "FargateSubnets": Fn.join(",", [subnet.subnet_id for subnet in tools.vpc.isolated_subnets]),
            "FargateSecurityGroups": tools.tasks.security_group_id,
            "LauncherSecurityGroup": platform.launcher.security_group_id,
            "GatewaySecurityGroup": platform.gateway.security_group_id,
        }
        for name, value in put.items():
            CfnOutput(self, name, value=value)


def _names(names: Names, inputs: SandboxInputs) -> list[str]:
    """What a task resolves: its launcher, S3 in the form that presigned requests have, and what starts it."""
    region, account = names.region, names.account
    return [
        inputs.launcher_host,
        f"s3.{region}.amazonaws.com",
        f"prod-{region}-starport-layer-bucket.s3.{region}.amazonaws.com",
        f"api.ecr.{region}.amazonaws.com",
        f"{account}.dkr.ecr.{region}.amazonaws.com",
        f"logs.{region}.amazonaws.com",
    ]
