"""What the supervisor says when it cannot do what was asked."""


class SupervisorError(Exception):
    """Shown to the person as it is, without a traceback."""


class Refused(SupervisorError):
    """Nothing was changed."""


class StartFailed(SupervisorError):
    def __init__(self, name: str, why: str, log: str) -> None:
        super().__init__(f"{name}: {why} (see {log})")


class DeployFailed(SupervisorError):
    """A stack could not be deployed, or LocalStack only pretended to."""
