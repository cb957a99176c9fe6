"""The invoice holds every line that was billed, and its report picks days."""

import asyncio
from datetime import date
from pathlib import Path

from simulated_provider.billing.invoice import Invoice, InvoiceLine, read_invoice


def a_line(number: int, at: str = "2026-11-21T10:00:00+00:00") -> InvoiceLine:
    return InvoiceLine(at, f"request-{number}", f"client-{number}", "model", 1, 0, 2, "0.000000003")


async def test_lines_appended_at_once_are_all_there(tmp_path: Path) -> None:
    invoice = Invoice(tmp_path, fsync=True)
    await asyncio.gather(*(invoice.append(a_line(number)) for number in range(200)))
    invoice.close()
    assert {line.request_id for line in read_invoice(tmp_path)} == {f"request-{number}" for number in range(200)}


async def test_the_report_is_by_day_in_utc(tmp_path: Path) -> None:
    invoice = Invoice(tmp_path, fsync=False)
    moments = ["2026-11-20T23:59:59+00:00", "2026-11-21T00:30:00+02:00", "2026-11-21T00:00:00+00:00"]
    for number, at in enumerate(moments):
        await invoice.append(a_line(number, at))
    day = date(2026, 11, 21)
    assert [line.request_id for line in invoice.report(first=day, last=day)] == ["request-2"]
    invoice.close()


async def test_half_a_line_is_not_read(tmp_path: Path) -> None:
    invoice = Invoice(tmp_path, fsync=False)
    await invoice.append(a_line(1))
    invoice.close()
    with (tmp_path / "invoice.jsonl").open("a") as file:
        file.write('{"at": "2026')
    assert [line.request_id for line in read_invoice(tmp_path)] == ["request-1"]


async def test_whoever_waits_for_a_line_hears_that_it_could_not_be_written(tmp_path: Path) -> None:
    invoice = Invoice(tmp_path, fsync=False)
    invoice.close()
    outcomes = await asyncio.gather(*(invoice.append(a_line(number)) for number in range(3)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [OSError] * 3
