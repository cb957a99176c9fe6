"""What a gateway does beside its calls: renew, lapse, finish, confirm, and say that it is alive."""

from redis.exceptions import RedisError

from foundation.domain.errors import DependencyUnavailable
from foundation.storage.ledger.gateway_instances import see_gateway
from foundation.storage.session.database import Database
from foundation.telemetry.background import Loop, every
from foundation.telemetry.logs import logger
from llm_gateway import metrics
from llm_gateway.accounting.attempt_book import AttemptBook
from llm_gateway.accounting.ledger_writer import LedgerWriter
from llm_gateway.budget.store import BudgetStore

ALIVE_EVERY = 5.0
AWAY = (RedisError, DependencyUnavailable, OSError)
"""What work beside the calls waits out: Redis or PostgreSQL does not answer."""
_CONFIRM_MOST = 500

_log = logger(__name__)


class Housekeeping:
    def __init__(
        self,
        *,
        ledger: AttemptBook,
        store: BudgetStore,
        recorder: LedgerWriter,
        database: Database,
        instance_id: str,
        lease_seconds: float,
    ) -> None:
        self._ledger = ledger
        self._store = store
        self._recorder = recorder
        self._database = database
        self._instance_id = instance_id
        self._lease = lease_seconds

    def loops(self) -> list[Loop]:
        """Each runs until cancelled."""
        return [
            every(self._lease / 6, self._ledger.renew, tolerate=AWAY),
            every(min(5.0, self._lease / 2), self._lapse, tolerate=AWAY),
            every(0.5, self._ledger.finish_unfinished, tolerate=AWAY),
            every(3.0, self._confirm, tolerate=AWAY),
            every(ALIVE_EVERY, self.say_alive, tolerate=AWAY),
        ]

    async def say_alive(self) -> None:
        async with self._database.across_tenants(reason="this gateway is alive") as tx:
            await see_gateway(tx, self._instance_id)

    async def _lapse(self) -> None:
        if lapsed := await self._store.lapse():
            _log.warning("holds lapsed and were charged at their bound", extra={"holds": lapsed})

    async def _confirm(self) -> None:
        """Forget the attempts that PostgreSQL has; this gateway's recorder tells of its own by itself."""
        waiting = self._ledger.unrecorded()
        metrics.EVENTS_PENDING.set(len(waiting))
        metrics.OPEN_HOLDS.set(len(self._ledger.holds))
        if waiting:
            asked = [entry.reservation for entry in waiting[:_CONFIRM_MOST]]
            self._ledger.recorded(await self._recorder.in_ledger(asked))
