"""Has sub-runs follow the runs above them, each in a transaction of its own."""

from collections.abc import Sequence
from uuid import UUID

from foundation.domain.errors import LockstepError
from foundation.domain.ids import RunId
from foundation.storage.session.database import Database, with_retries
from foundation.storage.session.outbox import Due
from foundation.telemetry.logs import bind, logger
from foundation.workflow.sub_runs.following import follow_parent
from orchestrator.failpoints import Failpoints

_log = logger(__name__)


class Following:
    """The sender of `follow_parent`."""

    def __init__(self, database: Database, failpoints: Failpoints) -> None:
        self._database = database
        self._failpoints = failpoints

    async def deliver(self, effects: Sequence[Due]) -> list[Due]:
        """Those that could not follow now; told again, they follow what is above them then."""
        failed: list[Due] = []
        for effect in effects:
            with bind(tenant_id=effect.tenant_id, run_id=_run_of(effect)):
                try:
                    await with_retries(lambda e=effect: self._follow(e))  # type: ignore[misc]
                except LockstepError as error:
                    _log.info("a run could not follow the one above it", extra={"error": error.detail})
                    failed.append(effect)
        return failed

    async def _follow(self, effect: Due) -> None:
        self._failpoints.reach("follow.before_commit")
        async with self._database.tenant(effect.tenant_id) as tx:
            await follow_parent(tx, effect.tenant_id, _run_of(effect))
        self._failpoints.reach("follow.after_commit")


def _run_of(effect: Due) -> RunId:
    """The run that is to follow; the effect is of the run above it."""
    return RunId(UUID(effect.payload["run_id"]))
