"""Turns of models as they are told to people: listed by their numbers, and read one by one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from foundation.domain.ids import RunId, TenantId
from foundation.storage.session.database import Transaction
from foundation.storage.session.pages import Column, Kind, Orders, PagePart, Pages
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
    ", CASE WHEN :whole THEN t.request END AS request, CASE WHEN :whole THEN t.response END AS response",
    _OF_STEP,
    orders=Orders({"turn": (Column("t.turn", Kind.NUMBER, "turn"),)}, "turn"),
)


async def page(
    tx: Transaction, tenant_id: TenantId, run_id: RunId, name: str, part: PagePart, *, whole: bool
) -> list[ToldTurn]:
    """Of a step, or of an item of one (`name[index]`); with requests and answers where they are `whole`."""
    values = {"tenant_id": tenant_id, "run_id": run_id, "name": name, "whole": whole}
    return [value_of(ToldTurn, row) for row in await PAGES.read(tx, part, values)]


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
