"""The gateway's background loops: renew and lapse holds, finish settlements, trim the journal, report as alive."""

from redis.exceptions import RedisError

from foundation.domain.errors import DependencyUnavailable
from foundation.storage.ledger.gateway_instances import record_end_of_life, record_sign_of_life
from foundation.storage.session.database import Database
from foundation.telemetry.background import Loop, every
from foundation.telemetry.logs import logger
from llm_gateway import metrics
from llm_gateway.accounting.attempt_book import AttemptBook
from llm_gateway.accounting.ledger_writer import LedgerWriter
from llm_gateway.budget.store import BudgetStore

ALIVE_EVERY = 5.0
AWAY = (RedisError, DependencyUnavailable, OSError)
"""The failures that loops wait out: Redis or PostgreSQL does not answer."""
_CONFIRM_MOST = 500

_log = logger(__name__)


class Housekeeping:
    """The loops that a gateway runs beside its calls."""

    def __init__(
        self,
        *,
        book: AttemptBook,
        store: BudgetStore,
        writer: LedgerWriter,
        database: Database,
        instance_id: str,
        lease_seconds: float,
    ) -> None:
        self._book = book
        self._store = store
        self._writer = writer
        self._database = database
        self._instance_id = instance_id
        self._lease = lease_seconds

    def loops(self) -> list[Loop]:
        """Each runs until cancelled."""
        return [
            every(self._lease / 6, self._book.renew, tolerate=AWAY),
            every(min(5.0, self._lease / 2), self._lapse, tolerate=AWAY),
            every(0.5, self._book.finish_unfinished, tolerate=AWAY),
            every(3.0, self._forget_recorded, tolerate=AWAY),
            every(ALIVE_EVERY, self.report_alive, tolerate=AWAY),
        ]

    async def report_alive(self) -> None:
        async with self._database.across_tenants(reason="this gateway is alive") as tx:
            await record_sign_of_life(tx, self._instance_id)

    async def sign_off(self) -> None:
        """Report that this gateway has ended, unless its journal still has what a rebuild must wait for.

        Runs after the loops: `report_alive` would undo it.
        """
        if not self._book.is_empty():
            return
        try:
            async with self._database.across_tenants(reason="this gateway has ended") as tx:
                await record_end_of_life(tx, self._instance_id)
        except DependencyUnavailable as error:
            _log.warning("could not sign off; a rebuild may wait for this gateway a few seconds", exc_info=error)

    async def _lapse(self) -> None:
        if lapsed := await self._store.lapse():
            _log.warning("holds lapsed and were charged at their bound", extra={"holds": lapsed})

    async def _forget_recorded(self) -> None:
        """Forget attempts whose events other gateways have written; this one's ledger writer reports its own."""
        waiting = self._book.list_unrecorded()
        metrics.EVENTS_PENDING.set(len(waiting))
        metrics.OPEN_HOLDS.set(len(self._book.holds))
        if waiting:
            reservations = [entry.reservation for entry in waiting[:_CONFIRM_MOST]]
            self._book.forget_recorded(await self._writer.find_recorded(reservations))
