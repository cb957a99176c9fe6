"""The names of all resources, by which stacks and clients find them without outputs of other stacks."""

from dataclasses import dataclass

LOCAL_ACCOUNT = "000000000000"
"""The account that LocalStack gives to clients that name none."""
LOCAL_ENV = "local"
LOCAL_REGION = "us-east-1"
INCOMING = "incoming/"
"""Below this prefix of the bucket of artifacts presigned forms write, and nowhere else."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names of one deployment."""

    env: str
    account: str
    region: str

    def of(self, what: str) -> str:
        return f"lockstep-{self.env}-{what}"

    def stack(self, what: str) -> str:
        """The name of a stack, the same in every environment: environments are separated by accounts."""
        return f"Lockstep{what.capitalize()}"

    @property
    def artifacts_bucket(self) -> str:
        """It contains the account, because the name of a bucket must be unique in all of AWS."""
        return self.of(f"artifacts-{self.account}")

    @property
    def audit_bucket(self) -> str:
        return self.of(f"audit-{self.account}")

    @property
    def steps_queue(self) -> str:
        return self.of("steps")

    @property
    def dead_steps_queue(self) -> str:
        return self.of("steps-dead")

    @property
    def firings_queue(self) -> str:
        return self.of("firings")

    @property
    def dead_firings_queue(self) -> str:
        return self.of("firings-dead")

    @property
    def schedule_group(self) -> str:
        return self.of("schedules")

    @property
    def steps_queue_arn(self) -> str:
        return f"arn:aws:sqs:{self.region}:{self.account}:{self.steps_queue}"

    @property
    def state_machine_arn(self) -> str:
        return f"arn:aws:states:{self.region}:{self.account}:stateMachine:{self.of('run')}"


def local_names(region: str = LOCAL_REGION) -> Names:
    """The names of the local deployment."""
    return Names(env=LOCAL_ENV, account=LOCAL_ACCOUNT, region=region)
