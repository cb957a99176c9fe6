"""How a gateway begins and ends: what must be true before its first call, and what is saved after its last."""

import asyncio
from collections.abc import Sequence

from redis.exceptions import RedisError

from foundation.domain.errors import DependencyUnavailable
from foundation.telemetry.background import Loop
from foundation.telemetry.logs import logger
from llm_gateway.accounting.attempt_book import AttemptBook
from llm_gateway.accounting.housekeeping import Housekeeping
from llm_gateway.accounting.ledger_writer import LedgerWriter
from llm_gateway.accounting.rebuild import Rebuilder

_LAST_SECONDS = 5.0
_CUT_SECONDS = 12.0
"""Longer than a settlement waits for Redis."""

_log = logger(__name__)


async def first_steps(housekeeping: Housekeeping, recorder: LedgerWriter, rebuilder: Rebuilder) -> None:
    """Be known and have open buckets before the first call; what is away now is tried again by the loops."""
    try:
        await housekeeping.say_alive()
        await recorder.create_groups()
        await rebuilder.contribute_if_asked()
        await rebuilder.rebuild_closed()
    except (RedisError, DependencyUnavailable, TimeoutError) as error:
        _log.warning("started with a dependency away; calls get 503 until it is back", exc_info=error)


async def last_answers(drains: Sequence[Loop], ledger: AttemptBook) -> None:
    """Let answers that nobody waits for end for a while; then break them off, at the charge of their bound."""
    for seconds in (_LAST_SECONDS, _CUT_SECONDS):
        try:
            async with asyncio.timeout(seconds):
                for drained in drains:
                    await drained()
                return
        except TimeoutError:
            ledger.holds.cut_all()
    _log.warning("answers were still open at the end; the journal or their leases will charge them")


async def flush(ledger: AttemptBook, recorder: LedgerWriter) -> None:
    """Before the end: settle what is unfinished, and record what can be."""
    try:
        async with asyncio.timeout(5):
            await ledger.finish_unfinished()
            await recorder.record_once(new=True, block_ms=None)
    except (RedisError, DependencyUnavailable, TimeoutError) as error:
        _log.warning("the journal keeps what could not be flushed", exc_info=error)
