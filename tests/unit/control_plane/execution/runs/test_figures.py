"""A run's bill: its sums, and the same by step and by model."""

from dataclasses import fields
from datetime import timedelta

from control_plane.execution.runs.figures import run_metrics
from control_plane.execution.runs.schemas import RunView, StepView
from fixtures.running.rows import NOON, a_run, a_step
from foundation.domain.states import RunStatus, StepStatus
from foundation.storage.ledger.usage import UsageGroup, UsageSums

ENDED = NOON + timedelta(milliseconds=1500.4)


def test_the_bill_has_the_sums_of_the_ledger_in_dollars() -> None:
    run = a_run(status=RunStatus.COMPLETED, ended_at=ENDED, tokens=360, cost_nano_usd=231_600, usage_final=True)
    step = a_step(status=StepStatus.SUCCESS, started_at=NOON, ended_at=ENDED, tokens=360, cost_nano_usd=231_600)
    charged = {one.name: 0 for one in fields(UsageSums)} | {
        "attempts": 2,
        "total_tokens": 360,
        "cost_nano_usd": 231_600,
    }
    models = [UsageGroup(("openai", "gpt"), UsageSums(**charged))]
    bill = run_metrics(run, [step], models)
    assert (bill.tokens, bill.cost_usd, bill.final, bill.duration_ms) == (360, "0.0002316", True, 1500)
    assert [(one.name, one.tokens, one.cost_usd, one.duration_ms) for one in bill.steps] == [
        ("draft", 360, "0.0002316", 1500)
    ]
    assert [(one.provider, one.model, one.calls, one.cost_usd) for one in bill.models] == [
        ("openai", "gpt", 2, "0.0002316")
    ]


def test_what_has_not_ended_has_no_duration() -> None:
    assert run_metrics(a_run(), [], []).duration_ms is None
    assert run_metrics(a_run(started_at=None, ended_at=ENDED), [], []).duration_ms is None
    assert StepView.of(a_step(started_at=NOON)).duration_ms is None
    assert StepView.of(a_step(ended_at=ENDED)).duration_ms is None


def test_a_run_shows_its_trace_and_its_budget_as_dollars() -> None:
    view = RunView.of(a_run(traceparent="00-" + "a" * 32 + "-" + "b" * 16 + "-01", budget_nano_usd=1_500_000_000))
    assert view.trace_id == "a" * 32
    assert view.budget == {"tokens": None, "cost_usd": "1.5"}
    assert RunView.of(a_run(budget_tokens=10)).budget == {"tokens": 10, "cost_usd": None}
    assert RunView.of(a_run()).trace_id is None
