"""Turns of models as they are told to people: listed by their numbers, and read one by one."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from foundation.domain.ids import RunId, TenantId
from foundation.storage.session.database import Transaction
from foundation.storage.session.pages import Column, Kind, Orders, PagePart, Pages, Portion
from foundation.storage.session.rows import value_of
from foundation.storage.session.statements import text


@dataclass(frozen=True, slots=True)
class ToldTurn:
    """A row of `turns`; `request` and `response` are None where they were not asked for."""

    turn: int
    number: int | None
    agent: str | None
    task: str | None
    prepared_at: datetime
    recorded_at: datetime | None
    tool_calls: int
    request: dict[str, Any] | None
    response: dict[str, Any] | None


# A sub-query, and no join: of a join PostgreSQL does not know that its rows come in the order of the turns.
_OF_STEP = """FROM turns t WHERE t.tenant_id = :tenant_id AND t.step_id = (
                  SELECT step_id FROM steps WHERE tenant_id = :tenant_id AND run_id = :run_id AND name = :name)"""
_TOLD = "t.turn, t.number, t.agent, t.task, t.prepared_at, t.recorded_at, t.tool_calls"

PAGES = Pages(
    "SELECT",
    _TOLD,
    ", CASE WHEN :with_request THEN t.request END AS request",
    ", CASE WHEN :with_response THEN t.response END AS response",
    _OF_STEP,
    orders=Orders({"turn": (Column("t.turn", Kind.NUMBER, "turn"),)}, "turn"),
    large={"request": "request", "response": "response"},
)


async def page(tx: Transaction, tenant_id: TenantId, run_id: RunId, name: str, part: PagePart) -> Portion[ToldTurn]:
    """Of a step, or of an item of one (`name[index]`); requests and answers that are not read are None."""
    values = {"tenant_id": tenant_id, "run_id": run_id, "name": name}
    return await PAGES.portion(tx, part, values, partial(value_of, ToldTurn))


async def get(tx: Transaction, tenant_id: TenantId, run_id: RunId, name: str, turn: int) -> ToldTurn | None:
    rows = await tx.execute(
        text("SELECT", _TOLD, ", t.request, t.response", _OF_STEP, "AND t.turn = :turn"),
        {"tenant_id": tenant_id, "run_id": run_id, "name": name, "turn": turn},
    )
    row = rows.first()
    return value_of(ToldTurn, row) if row else None


async def has_step(tx: Transaction, tenant_id: TenantId, run_id: RunId, name: str) -> bool:
    rows = await tx.execute(
        text("SELECT 1 FROM steps WHERE tenant_id = :tenant_id AND run_id = :run_id AND name = :name"),
        {"tenant_id": tenant_id, "run_id": run_id, "name": name},
    )
    return rows.first() is not None
