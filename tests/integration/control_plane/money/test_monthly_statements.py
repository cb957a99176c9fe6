"""A month's statement is what the ledger has of it to the nano-dollar, in JSON and PDF, and says when it may change."""

import io
import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pypdf import PdfReader

from control_plane.money.statements.finality import CalendarMonth, not_final_because
from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.problems import problem
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from fixtures.money.ledger import events_of
from fixtures.money.ledger_rows import a_ledger_row, a_run_row
from foundation.domain.money import dollars, nano_usd
from foundation.storage.ledger.months import StatedSums

LONG_AGO = date(2026, 1, 1)
MONTH = "2026-01"
LINES = ("by_model", "by_user", "by_task", "by_day")


async def stated(api: ApiInProcess, tenant: Tenant, month: str = MONTH, *, role: str = "owner") -> dict[str, Any]:
    async with api.caller(tenant, role=role) as caller:
        answer = await caller.get(f"/statements/{month}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


def text_of(body: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)


async def test_each_way_to_add_up_a_month_is_the_ledgers_sum(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant
) -> None:
    chance = random.Random(7)
    run_id = a_run_row(scratch, tenant)
    for number in range(40):
        day = LONG_AGO + timedelta(days=chance.randrange(-3, 34))
        run = run_id if number % 3 == 0 else None
        row = a_ledger_row(scratch, tenant, day=day, cost=chance.randrange(10**12), model=f"m{number % 4}", run_id=run)
        if number % 5 == 0:
            a_ledger_row(scratch, tenant, day=day, cost=-chance.randrange(10**9), tokens=-1, adjusts=row, run_id=run)
    rows = [one for one in events_of(scratch, tenant.tenant_id) if f"{one['event_day']:%Y-%m}" == MONTH]
    told = await stated(lonely_api, tenant, role="viewer")
    corrections = [row for row in rows if row["kind"] == "adjustment"]
    assert 0 < len(corrections) < len(rows)
    assert told["sums"] == {
        "attempts": len(rows) - len(corrections),
        "adjustments": len(corrections),
        "tokens": sum(row["total_tokens"] for row in rows),
        "charged_usd": dollars(sum(row["cost_nano_usd"] for row in rows if row["kind"] == "attempt")),
        "corrected_usd": dollars(sum(row["cost_nano_usd"] for row in corrections)),
        "total_usd": dollars(sum(row["cost_nano_usd"] for row in rows)),
    }
    assert told["final"] is True
    for lines in LINES:
        for amount in ("charged_usd", "corrected_usd", "total_usd"):
            added = sum(nano_usd(line[amount]) for line in told[lines]["items"])
            assert dollars(added) == told["sums"][amount], (lines, amount)
    assert {line["task_id"] is None for line in told["by_task"]["items"]} == {True, False}
    assert [line["day"] for line in told["by_day"]["items"]] == sorted({str(row["event_day"]) for row in rows})
    async with lonely_api.caller(tenant) as caller:
        listed = (await caller.get("/statements", params={"limit": 1})).json()
        assert listed["items"][0]["month"] == "2026-02"
        older = (await caller.get("/statements", params={"limit": 1, "cursor": listed["next_cursor"]})).json()
        assert older["items"] == [{name: told[name] for name in older["items"][0]}]


async def test_the_pdf_has_the_same_sums_and_no_name_can_harm_it(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant
) -> None:
    with scratch.superuser() as connection:
        connection.execute(
            "UPDATE tenants SET name = %s WHERE tenant_id = %s", ["Größe & Söhne 中 ) Tj ET {nb}", tenant.tenant_id]
        )
    for number in range(70):
        a_ledger_row(scratch, tenant, day=LONG_AGO, cost=1_000_000_001 + number, model=f"model-{number}-{'x' * 150}")
    told = await stated(lonely_api, tenant)
    async with lonely_api.caller(tenant) as caller:
        asked = await caller.get(f"/statements/{MONTH}", params={"format": "pdf"})
        negotiated = await caller.get(f"/statements/{MONTH}", headers={"accept": "application/pdf"})
        assert (await caller.get(f"/statements/{MONTH}", headers={"accept": "*/*"})).json()["month"] == MONTH
    for answer in (asked, negotiated):
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["content-disposition"] == f'attachment; filename="statement-{MONTH}.pdf"'
        text = text_of(answer.content)
        assert "Größe & Söhne [U+4E2D] ) Tj ET {nb}" in text
        assert told["sums"]["total_usd"] in text
        assert "These figures are final." in text
        assert "10 others, added up" in text
        assert text.count("…") >= 60


async def test_a_month_with_more_lines_than_are_listed_adds_up_the_others(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant
) -> None:
    row = a_ledger_row(scratch, tenant, day=LONG_AGO, cost=5)
    with scratch.superuser() as connection:
        connection.execute(
            """INSERT INTO llm_events (tenant_id, event_day, event_id, kind, user_id, request_id, attempt, reason,
                   dialect, route, provider, model, status, usage_source, input_tokens, output_tokens, total_tokens,
                   cost_nano_usd, bound_kind, price_version, started_at, settled_at)
               SELECT tenant_id, event_day, gen_random_uuid(), kind, gen_random_uuid(), gen_random_uuid(), attempt,
                   reason, dialect, route, provider, model, status, usage_source, 1, 0, 1, 1, bound_kind,
                   price_version, started_at, settled_at
               FROM llm_events, generate_series(1, 600) WHERE event_id = %s""",
            [row],
        )
    users = (await stated(lonely_api, tenant))["by_user"]
    assert len(users["items"]) == 500
    assert users["others"]["lines"] == 101
    assert sum(nano_usd(one["total_usd"]) for one in [*users["items"], users["others"]]) == 605


@pytest.mark.parametrize(
    ("days_after", "bound", "open_run", "why"),
    [
        (2, False, False, ["settling"]),
        (2, True, True, ["settling", "open_runs", "bound_charges"]),
        (10, True, False, ["bound_charges"]),
        (10, False, True, ["open_runs"]),
        (10, False, False, []),
        (40, True, True, []),
    ],
)
def test_a_month_that_may_change_says_why(days_after: int, bound: bool, open_run: bool, why: list[str]) -> None:
    sums = StatedSums(1, 0, 1, 1, 0, int(bound), int(open_run), None)
    now = datetime(2026, 1, 31, 12, tzinfo=UTC) + timedelta(days=days_after)
    month = CalendarMonth(LONG_AGO)
    assert not_final_because(month, sums, now=now, time_zone="UTC") == why
    assert not_final_because(month, sums, now=datetime(2026, 1, 31, 23, tzinfo=UTC), time_zone="UTC") == ["month_open"]
    assert not_final_because(month, sums, now=datetime(2026, 1, 31, 23, tzinfo=UTC), time_zone="Asia/Tokyo") != [
        "month_open"
    ]


async def test_a_charge_at_its_bound_counts_until_it_is_corrected(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant
) -> None:
    row = a_ledger_row(scratch, tenant, day=LONG_AGO, cost=900, source="bound")
    assert (await stated(lonely_api, tenant))["uncorrected_bounds"] == 1
    a_ledger_row(scratch, tenant, day=LONG_AGO, cost=-400, adjusts=row, source="report")
    told = await stated(lonely_api, tenant)
    assert (told["uncorrected_bounds"], told["sums"]["total_usd"]) == (0, "0.0000005")
    assert told["last_correction_at"] is not None


async def test_the_current_month_says_that_it_is_open(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    told = await stated(lonely_api, tenant, f"{datetime.now(UTC):%Y-%m}")
    assert (told["final"], told["sums"]["total_usd"]) == (False, "0")
    assert told["not_final_because"] == ["month_open"]


@pytest.mark.parametrize(
    ("month", "status", "code"),
    [
        ("2019-12", 404, "not_found"),
        ("2098-01", 404, "not_found"),
        ("2026-13", 400, "bad_request"),
        ("x", 400, "bad_request"),
    ],
)
async def test_no_statement_is_made_of_a_month_that_was_not(
    lonely_api: ApiInProcess, tenant: Tenant, month: str, status: int, code: str
) -> None:
    async with lonely_api.caller(tenant) as caller:
        problem(await caller.get(f"/statements/{month}"), status, code)


async def test_a_neighbours_month_is_not_in_ours(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant
) -> None:
    neighbour = Tenant().create(scratch)
    for who in (tenant, neighbour):
        a_ledger_row(scratch, who, day=LONG_AGO, cost=3)
    assert (await stated(lonely_api, tenant))["sums"]["total_usd"] == dollars(3)
