"""What the launcher cannot run is known as it answered last, and of one that does not answer nothing is said."""

from foundation.contracts.tools.calls.runtime_lacks import RuntimeLacks
from foundation.domain.errors import DependencyUnavailable
from foundation.domain.tools import SandboxProfile
from orchestrator.presence.known_lacks import KnownLacks

LACKS = RuntimeLacks(sandboxes={SandboxProfile.BROWSER: "no Chromium"}, agents={"codex": "not installed"})


async def test_what_was_answered_last_holds_until_the_launcher_is_away() -> None:
    answers: list[RuntimeLacks | DependencyUnavailable] = [LACKS, DependencyUnavailable("away"), LACKS]

    async def ask() -> RuntimeLacks:
        answer = answers.pop(0)
        if isinstance(answer, DependencyUnavailable):
            raise answer
        return answer

    known = KnownLacks(ask)
    assert known.now() == RuntimeLacks()
    for expected in (LACKS, RuntimeLacks(), LACKS):
        await known.look()
        assert known.now() == expected


def test_only_what_both_of_two_launchers_lack_cannot_be_run() -> None:
    other = RuntimeLacks(
        sandboxes={SandboxProfile.NODE: "no Node"}, agents={"codex": "missing", "claude_code": "missing"}
    )
    assert LACKS.shared(other) == RuntimeLacks(agents={"codex": "not installed"})
    assert LACKS.shared(RuntimeLacks()) == RuntimeLacks()
