"""Reads the warnings that the scripts append to the streams, and reports each in the log and as a figure."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime

from foundation.storage.limits.budget_warnings import BudgetWarning
from foundation.telemetry.logs import logger
from llm_gateway import metrics
from llm_gateway.budget.redis import keys

_UNITS = {"tokens": "tokens", "nano": "nano_usd"}

_log = logger(__name__)


def read_warning(fields: Mapping[bytes, bytes], *, made_ms: int) -> BudgetWarning:
    words = {name.decode(): value.decode() for name, value in fields.items()}
    tenant_id, scope, scope_id = keys.read_scope(words["warning"])
    return BudgetWarning(
        tenant_id=tenant_id,
        scope=scope,
        scope_id=scope_id,
        period=words["period"],
        label=words["label"],
        unit=_UNITS[words["unit"]],
        limit_amount=int(words["limit"]),
        committed=int(words["committed"]),
        warned_at=datetime.fromtimestamp(made_ms / 1000, UTC),
    )


def report_warning(warning: BudgetWarning) -> None:
    """Log and count a warning; call it once for each warning."""
    metrics.BUDGET_WARNINGS.labels(str(warning.tenant_id), warning.scope, warning.period).inc()
    fields = {name: value if isinstance(value, int) else str(value) for name, value in asdict(warning).items()}
    _log.warning("four fifths of a budget are spent", extra=fields)
