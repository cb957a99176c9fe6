"""What a tool runtime cannot run, as workers hear it from their launcher and the API tells it."""

from pydantic import Field

from foundation.contracts.message import Message
from foundation.domain.tools import SandboxProfile


class RuntimeLacks(Message):
    """Reasons, in words for whoever names a tool; what is not here can be run as far as the launcher knows."""

    sandboxes: dict[SandboxProfile, str] = Field(default={}, description="kinds of sandbox that cannot be built")
    agents: dict[str, str] = Field(default={}, description="agents of `code_agent` that are not installed")

    def shared(self, other: "RuntimeLacks") -> "RuntimeLacks":
        """What neither of the two can run."""
        return RuntimeLacks(
            sandboxes={name: why for name, why in self.sandboxes.items() if name in other.sandboxes},
            agents={name: why for name, why in self.agents.items() if name in other.agents},
        )
