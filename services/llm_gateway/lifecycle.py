"""What a gateway does before its first call and after its last."""

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


async def prepare(housekeeping: Housekeeping, writer: LedgerWriter, rebuilder: Rebuilder) -> None:
    """Report as alive and open closed buckets; if Redis or PostgreSQL is away, the loops try again later."""
    try:
        await housekeeping.report_alive()
        await writer.create_groups()
        await rebuilder.contribute_if_asked()
        await rebuilder.rebuild_closed()
    except (RedisError, DependencyUnavailable, TimeoutError) as error:
        _log.warning("started with a dependency away; calls get 503 until it is back", exc_info=error)


async def finish_answers(drains: Sequence[Loop], book: AttemptBook) -> None:
    """Give answers that nobody waits for some seconds to end, then break them off, which charges their bound."""
    for seconds in (_LAST_SECONDS, _CUT_SECONDS):
        try:
            async with asyncio.timeout(seconds):
                for drained in drains:
                    await drained()
                return
        except TimeoutError:
            book.holds.cut_all()
    _log.warning("answers were still open at the end; the journal or their leases will charge them")


async def flush(book: AttemptBook, writer: LedgerWriter) -> None:
    """Settle what is unfinished and write to the ledger what is in the streams; the journal keeps the rest."""
    try:
        async with asyncio.timeout(5):
            await book.finish_unfinished()
            await writer.record_once(new=True, block_ms=None)
    except (RedisError, DependencyUnavailable, TimeoutError) as error:
        _log.warning("the journal keeps what could not be flushed", exc_info=error)
