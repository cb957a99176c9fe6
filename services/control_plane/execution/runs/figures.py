"""A run's tokens, cost and durations, by step and by model, as the ledger has them."""

from collections.abc import Sequence

from control_plane.execution.runs.schemas import (
    FiguresBelow,
    MetricsBelow,
    RunMetrics,
    StepFigures,
    StepView,
    UsageByModel,
)
from foundation.domain.money import dollars
from foundation.storage.execution.runs import Run
from foundation.storage.execution.steps import StepRow
from foundation.storage.execution.sub_runs import RunBelow
from foundation.storage.ledger.usage import UsageGroup


def duration_of(run: Run) -> int | None:
    """Milliseconds from its first beginning to its end; None while it has not both."""
    if run.started_at is None or run.ended_at is None:
        return None
    return round((run.ended_at - run.started_at).total_seconds() * 1000)


def run_metrics(
    run: Run,
    steps: list[StepRow],
    models: list[UsageGroup],
    *,
    below: Sequence[RunBelow] = (),
    models_below: Sequence[UsageGroup] = (),
) -> RunMetrics:
    """`models` are those of the run's own calls; what the runs below it used stands apart."""
    views = [StepView.of(step) for step in steps]
    return RunMetrics(
        tokens=run.tokens,
        cost_usd=dollars(run.cost_nano_usd),
        final=run.usage_final,
        duration_ms=duration_of(run),
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
        models=_by_model(models),
        below=MetricsBelow(
            tokens=run.tokens_below,
            cost_usd=dollars(run.cost_nano_usd_below),
            runs=[
                FiguresBelow(
                    run_id=one.run_id,
                    parent_run_id=one.parent_run_id,
                    parent_step=one.parent_step,
                    status=one.status,
                    tokens=one.tokens,
                    cost_usd=dollars(one.cost_nano_usd),
                )
                for one in below
            ],
            models=_by_model(models_below),
        ),
    )


def _by_model(groups: Sequence[UsageGroup]) -> list[UsageByModel]:
    return [
        UsageByModel(
            provider=provider,
            model=model,
            calls=sums.attempts,
            tokens=sums.total_tokens,
            cost_usd=dollars(sums.cost_nano_usd),
        )
        for (provider, model), sums in ((one.values, one.sums) for one in groups)
    ]
