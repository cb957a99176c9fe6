"""The names of everything that the stacks make, so that no stack needs another one's output and no client a look-up."""

from dataclasses import dataclass

LOCAL_ACCOUNT = "000000000000"
"""LocalStack's account for every client without one."""
LOCAL_REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class Names:
    """Fixed names, so that no stack needs another one's output."""

    env: str
    account: str
    region: str

    def of(self, what: str) -> str:
        return f"lockstep-{self.env}-{what}"

    def stack(self, what: str) -> str:
        """The same for every environment: accounts, not names, keep environments apart."""
        return f"Lockstep{what.capitalize()}"

    @property
    def artifacts_bucket(self) -> str:
        """Bucket names are shared by all of AWS, so the account is part of it."""
        return self.of(f"artifacts-{self.account}")

    @property
    def steps_queue(self) -> str:
        return self.of("steps")

    @property
    def dead_steps_queue(self) -> str:
        return self.of("steps-dead")

    @property
    def steps_queue_arn(self) -> str:
        return f"arn:aws:sqs:{self.region}:{self.account}:{self.steps_queue}"

    @property
    def state_machine_arn(self) -> str:
        return f"arn:aws:states:{self.region}:{self.account}:stateMachine:{self.of('run')}"


def local_names(region: str = LOCAL_REGION) -> Names:
    """The names in LocalStack."""
    return Names(env="local", account=LOCAL_ACCOUNT, region=region)
