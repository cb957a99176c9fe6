"""A run's tokens, cost and durations, by step and by model, as the ledger has them."""

from control_plane.runs.schemas import RunMetrics, StepFigures, StepView, UsageByModel
from foundation.domain.money import dollars
from foundation.storage.execution.runs import Run
from foundation.storage.execution.steps import StepRow
from foundation.storage.ledger.usage import UsageGroup


def run_metrics(run: Run, steps: list[StepRow], models: list[UsageGroup]) -> RunMetrics:
    duration = None
    if run.started_at and run.ended_at:
        duration = round((run.ended_at - run.started_at).total_seconds() * 1000)
    views = [StepView.of(step) for step in steps]
    return RunMetrics(
        tokens=run.tokens,
        cost_usd=dollars(run.cost_nano_usd),
        final=run.usage_final,
        duration_ms=duration,
        steps=[
            StepFigures(
                name=view.name,
                status=view.status,
                duration_ms=view.duration_ms,
                tokens=view.tokens,
                cost_usd=view.cost_usd,
            )
            for view in views
        ],
        models=[
            UsageByModel(
                provider=provider,
                model=model,
                calls=sums.attempts,
                tokens=sums.total_tokens,
                cost_usd=dollars(sums.cost_nano_usd),
            )
            for (provider, model), sums in ((one.values, one.sums) for one in models)
        ],
    )
