"""What a launcher is told of the tasks that it starts; only read where its backend is Fargate."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from foundation.cloud.container_tasks.base import TaskPlace


class FargateSettings(BaseSettings):
    """Environment of a launcher whose runners are Fargate tasks."""

    model_config = SettingsConfigDict(env_prefix="LOCKSTEP_LAUNCHER_FARGATE_")

    cluster: str = Field(min_length=1, description="name or ARN of the cluster that tasks are started in")
    task_definition: str = Field(
        pattern=r".:\d+$",
        description="family and revision of a runner's task: a family alone changes under a deployment",
    )
    container: str = Field(default="runner", min_length=1, description="the container that gets a runner's variables")
    subnets: tuple[str, ...] = Field(min_length=1, max_length=16, description="subnets without a way out of their own")
    security_groups: tuple[str, ...] = Field(
        min_length=1,
        max_length=5,
        description="groups that let a task reach the launcher, the proxy and S3, and no more",
    )
    started_by: str = Field(
        default="lockstep-tools", pattern=r"^[A-Za-z0-9_-]{1,36}$", description="by which tasks are found again"
    )
    spot: bool = Field(default=False, description="whether tasks run on capacity that may be taken back")
    most_tasks: int = Field(default=200, ge=1, le=5000, description="tasks at once, those that wait included")
    idle_seconds: float = Field(default=1800, ge=60, le=86_400, description="how long a task waits for its job at most")

    def place(self) -> TaskPlace:
        return TaskPlace(
            cluster=self.cluster,
            definition=self.task_definition,
            container=self.container,
            subnets=self.subnets,
            security_groups=self.security_groups,
            started_by=self.started_by,
            spot=self.spot,
        )
