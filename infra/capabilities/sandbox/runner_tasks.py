"""The task of a runner: its walls, what of privilege it keeps, and who may start one.

`tool_runtime.sandbox.walls.task_checks` looks at each task from within before anything runs, and names what is missing.
"""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.names import Names
from infra.sandbox_inputs import Image

FAMILY = "runner"
CONTAINER = "runner"
CPU, MEMORY_MB = "1024", "2048"
TMPFS_MIB = {"/work": 256, "/tmp": 256, "/dev/shm": 64}  # noqa: S108 - mounts of a task
"""At most what the narrowest kind of sandbox allows, so that one definition serves all kinds."""
_MOUNTED = ["rw", "exec", "nosuid", "nodev"]
"""Programs of a job may lie in them, as elsewhere; without `exec` a container's runtime mounts them otherwise."""
KEPT = frozenset({"KILL", "SETGID", "SETUID"})
"""What a runner needs to be another user than its job."""
_GIVEN = frozenset(
    {
        *("AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "NET_RAW"),
        *("SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"),
    }
)
"""What a container has when nobody says anything."""
_STOP_SECONDS = 120
"""As long as Fargate gives: a job whose capacity is taken back may end."""


class RunnerTasks(Construct):
    """One definition, which the launcher starts tasks from, and the policy with which it does."""

    def __init__(
        self, scope: Construct, construct_id: str, *, names: Names, image: Image, cluster: ecs.Cluster
    ) -> None:
        super().__init__(scope, construct_id)
        self._names = names
        logs.LogGroup(
            self,
            "Logs",
            log_group_name=log_group_of(names),
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=RemovalPolicy.DESTROY,
        )
        starts = self._what_starts_it(image)
        repository = ecr.Repository.from_repository_name(self, "Repository", image.repository)
        self.definition = ecs.CfnTaskDefinition(
            self,
            "Definition",
            family=names.of(FAMILY),
            cpu=CPU,
            memory=MEMORY_MB,
            network_mode="awsvpc",
            requires_compatibilities=["FARGATE"],
            runtime_platform=ecs.CfnTaskDefinition.RuntimePlatformProperty(
                cpu_architecture="X86_64", operating_system_family="LINUX"
            ),
            # The platform's agent has this role. The task has none: there is nothing in it to be stolen.
            execution_role_arn=starts.role_arn,
            container_definitions=[self._container(repository.repository_uri_for_digest(image.digest))],
        )
        self._who_may_start(cluster, starts)

    def _container(self, image: str) -> ecs.CfnTaskDefinition.ContainerDefinitionProperty:
        task = ecs.CfnTaskDefinition
        return task.ContainerDefinitionProperty(
            name=CONTAINER,
            image=image,
            essential=True,
            command=["python", "-m", "tool_runtime.runner"],
            user="0",
            readonly_root_filesystem=True,
            privileged=False,
            stop_timeout=_STOP_SECONDS,
            linux_parameters=task.LinuxParametersProperty(
                init_process_enabled=True,
                capabilities=task.KernelCapabilitiesProperty(drop=sorted(_GIVEN - KEPT)),
                tmpfs=[
                    task.TmpfsProperty(container_path=path, size=size, mount_options=_MOUNTED)
                    for path, size in TMPFS_MIB.items()
                ],
            ),
            # What differs from one runner to the next (its token, its launcher) the launcher says when it starts one.
            environment=[
                task.KeyValuePairProperty(name="LOCKSTEP_RUNNER_BACKEND", value="task"),
                task.KeyValuePairProperty(name="LOCKSTEP_RUNNER_EGRESS", value="service"),
            ],
            log_configuration=task.LogConfigurationProperty(
                log_driver="awslogs",
                options={
                    "awslogs-group": log_group_of(self._names),
                    "awslogs-region": self._names.region,
                    "awslogs-stream-prefix": CONTAINER,
                    # A log that is slow to be taken must not stop a runner.
                    "mode": "non-blocking",
                    "max-buffer-size": "4m",
                },
            ),
        )

    def _what_starts_it(self, image: Image) -> iam.Role:
        names = self._names
        role = iam.Role(self, "Starts", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
        _allow(role, ["ecr:GetAuthorizationToken"], ["*"])
        _allow(
            role,
            ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            [f"arn:aws:ecr:{names.region}:{names.account}:repository/{image.repository}"],
        )
        _allow(
            role,
            ["logs:CreateLogStream", "logs:PutLogEvents"],
            [f"arn:aws:logs:{names.region}:{names.account}:log-group:{log_group_of(names)}:*"],
        )
        return role

    def _who_may_start(self, cluster: ecs.Cluster, starts: iam.Role) -> None:
        """For the launcher's role."""
        within = {"ArnEquals": {"ecs:cluster": cluster.cluster_arn}}
        tasks = f"arn:aws:ecs:{self._names.region}:{self._names.account}:task/{cluster.cluster_name}/*"
        statement = iam.PolicyStatement
        iam.ManagedPolicy(
            self,
            "Launcher",
            managed_policy_name=self._names.of("starts-runners"),
            description="Starts, watches and stops the tasks that run jobs, and nothing else.",
            statements=[
                statement(actions=["ecs:RunTask"], resources=[self.definition.ref], conditions=within),
                statement(actions=["ecs:StopTask", "ecs:DescribeTasks"], resources=[tasks], conditions=within),
                statement(actions=["ecs:DescribeClusters"], resources=[cluster.cluster_arn]),
                # ECS knows no narrower resource for these two.
                statement(actions=["ecs:ListTasks"], resources=["*"], conditions=within),
                statement(actions=["ecs:DescribeTaskDefinition"], resources=["*"]),
                statement(
                    actions=["iam:PassRole"],
                    resources=[starts.role_arn],
                    conditions={"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
                ),
            ],
        )


def log_group_of(names: Names) -> str:
    return f"/lockstep/{names.env}/runners"


def _allow(role: iam.Role, actions: list[str], resources: list[str]) -> None:
    role.add_to_policy(iam.PolicyStatement(actions=actions, resources=resources))
