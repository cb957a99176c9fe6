"""Executions in memory: each waits for the answer to one token, which is also its end."""

from dataclasses import dataclass, field

from foundation.cloud.executions.base import Described, check_document
from foundation.domain.errors import DependencyUnavailable

RUNNING = Described("RUNNING")
SUCCEEDED = Described("SUCCEEDED")
ABORTED = Described("ABORTED")


@dataclass
class FakeExecutions:
    """`known` may be changed to play what Step Functions forgets or ends by itself; `away` makes every call fail."""

    known: dict[str, Described] = field(default_factory=dict)
    documents: dict[str, str] = field(default_factory=dict)
    """What each execution was started with."""
    outputs: dict[str, str] = field(default_factory=dict)
    """What each execution's token was answered with."""
    described: list[str] = field(default_factory=list)
    """The names that were described, in order."""
    away: bool = False

    async def start(self, name: str, document: str) -> None:
        check_document(document)
        self._answer()
        if name not in self.known:
            self.known[name] = RUNNING
            self.documents[name] = document

    async def stop(self, name: str, *, cause: str) -> None:  # noqa: ARG002 - the cause is for those who look at AWS
        self._answer()
        if self.known.get(name) == RUNNING:
            self.known[name] = ABORTED

    async def describe(self, name: str) -> Described | None:
        self.described.append(name)
        self._answer()
        return self.known.get(name)

    async def succeed(self, task_token: str, output: str) -> None:
        check_document(output)
        self._answer()
        name = task_token.removeprefix("token of ")
        if self.known.get(name) == RUNNING:
            self.known[name] = SUCCEEDED
            self.outputs[name] = output

    def token(self, name: str) -> str:
        """What the execution waits for."""
        return f"token of {name}"

    def _answer(self) -> None:
        if self.away:
            raise DependencyUnavailable("these executions are away")
