"""The egress service: the proxy of every job, in subnets with a way out, reached by runners alone."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_logs as logs
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.capabilities.sandbox.platform_network import PlatformNetwork
from infra.names import Names
from infra.sandbox_inputs import Image
from infra.secret_values import EGRESS_SIGNING_KEY

PORT = 8443
_TASKS = 2
_NOBODY = "65534"
_ANSWERS = f"import socket; socket.create_connection(('127.0.0.1', {PORT}), 3)"


class EgressService(Construct):
    """Some tasks, of which each job is given one; they tell the launcher where they are, so nothing balances them."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        names: Names,
        image: Image,
        cluster: ecs.Cluster,
        network: PlatformNetwork,
        launcher_url: str,
    ) -> None:
        super().__init__(scope, construct_id)
        self._names = names
        ecs.FargateService(
            self,
            "Service",
            service_name=names.of("egress"),
            cluster=cluster,
            task_definition=self._definition(image, launcher_url),
            desired_count=_TASKS,
            min_healthy_percent=100,
            circuit_breaker=ecs.DeploymentCircuitBreaker(rollback=True),
            enable_execute_command=False,
            assign_public_ip=False,
            vpc_subnets=network.egress_subnets,
            security_groups=[network.egress],
        )

    def _definition(self, image: Image, launcher_url: str) -> ecs.FargateTaskDefinition:
        definition = ecs.FargateTaskDefinition(
            self,
            "Definition",
            family=self._names.of("egress"),
            cpu=512,
            memory_limit_mib=1024,
            runtime_platform=ecs.RuntimePlatform(
                cpu_architecture=ecs.CpuArchitecture.X86_64, operating_system_family=ecs.OperatingSystemFamily.LINUX
            ),
        )
        limits = ecs.LinuxParameters(self, "Limits", init_process_enabled=True)
        limits.drop_capabilities(ecs.Capability.ALL)
        repository = ecr.Repository.from_repository_name(self, "Repository", image.repository)
        container = definition.add_container(
            "egress",
            image=ecs.ContainerImage.from_ecr_repository(repository, image.digest),
            command=["python", "-m", "tool_runtime.egress_service"],
            user=_NOBODY,
            readonly_root_filesystem=True,
            linux_parameters=limits,
            stop_timeout=Duration.seconds(120),
            environment=_environment(launcher_url),
            secrets={"LOCKSTEP_EGRESS_SIGNING_KEY": self._key()},
            health_check=ecs.HealthCheck(
                command=["CMD", "python", "-c", _ANSWERS], interval=Duration.seconds(10), retries=3
            ),
            logging=ecs.LogDrivers.aws_logs(stream_prefix="egress", log_group=self._logs()),
        )
        container.add_port_mappings(ecs.PortMapping(container_port=PORT))
        return definition

    def _key(self) -> ecs.Secret:
        return ecs.Secret.from_secrets_manager(
            secretsmanager.Secret.from_secret_name_v2(self, "Key", EGRESS_SIGNING_KEY)
        )

    def _logs(self) -> logs.LogGroup:
        return logs.LogGroup(
            self,
            "Logs",
            log_group_name=f"/lockstep/{self._names.env}/egress",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=RemovalPolicy.DESTROY,
        )


def _environment(launcher_url: str) -> dict[str, str]:
    return {
        "LOCKSTEP_EGRESS_HOST": "0.0.0.0",  # noqa: S104 - of a task, whose groups say who comes in
        "LOCKSTEP_EGRESS_PORT": str(PORT),
        "LOCKSTEP_EGRESS_LAUNCHER_URL": launcher_url,
        "LOCKSTEP_METRICS_HOST": "0.0.0.0",  # noqa: S104
        "LOCKSTEP_METRICS_PORT": "9090",
    }
