"""Looks at the accounts again and again while things die: no limit is passed, and no bill is uncovered."""

import contextlib
import json
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Self
from uuid import UUID

import redis

from chaos_parts.ground import Ground
from chaos_parts.kinds import BUDGET_TOKENS, BUDGET_USD
from foundation.contracts.gateway.ledger import ScopeKind
from llm_gateway.budget.limits.scope_counts import FIELD, ScopeCounts, WindowCounts
from llm_gateway.budget.redis import keys

_PAUSE_SECONDS = 0.2
_NANO = 1_000_000_000
RUN_TOKENS, RUN_NANO_USD = BUDGET_TOKENS, int(Decimal(BUDGET_USD) * _NANO)


class Invoice:
    """What the simulated provider has billed since this was made, in nano-dollars; it only grows."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._at = file.stat().st_size if file.exists() else 0
        self.lines = 0
        self.nano_usd = 0

    def read(self) -> int:
        """The sum after the lines that are complete by now."""
        with self.file.open("rb") as file:
            file.seek(self._at)
            for line in file:
                if not line.endswith(b"\n"):
                    break
                self._at += len(line)
                self.lines += 1
                self.nano_usd += int(Decimal(json.loads(line)["cost_usd"]) * _NANO)
        return self.nano_usd


@dataclass(slots=True)
class MoneyWatch:
    """Samples in a thread of its own; `run_ids` are the runs whose limit is looked at."""

    ground: Ground
    invoice: Invoice
    run_ids: Callable[[], Collection[str]]
    samples: int = 0
    unreadable: int = 0
    """Looks while Redis was away, or had not been rebuilt since it was."""
    held_at_most: int = 0
    broken: list[str] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._run, name="money", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(_PAUSE_SECONDS):
            self.look()

    def look(self) -> None:
        """The invoice is read first, since it only grows; then all counters at one moment."""
        tenant_id = self.ground.tenant.tenant_id
        bucket = keys.bucket_of(tenant_id)
        runs = list(self.run_ids())
        names = [keys.scope(bucket, tenant_id, ScopeKind.RUN, UUID(run_id)) for run_id in runs]
        billed = self.invoice.read()
        found = self._counts([keys.scope(bucket, tenant_id, ScopeKind.TENANT, tenant_id), *names], bucket)
        if found is None:
            self.unreadable += 1
            return
        self.samples += 1
        of_tenant, *of_runs = found
        covered = of_tenant.committed.nano_usd + of_tenant.held.nano_usd
        self.held_at_most = max(self.held_at_most, of_tenant.held.nano_usd)
        if billed > covered:
            self.broken.append(f"{billed} nano-dollars were billed, and {covered} are in the ledger or held")
        for run_id, counts in zip(runs, of_runs, strict=True):
            tokens = counts.committed.tokens + counts.held.tokens
            nano_usd = counts.committed.nano_usd + counts.held.nano_usd
            if tokens > RUN_TOKENS or nano_usd > RUN_NANO_USD:
                self.broken.append(f"run {run_id} has {tokens} tokens and {nano_usd} nano-dollars, beyond its budget")

    def _counts(self, names: list[str], bucket: int) -> list[WindowCounts] | None:
        try:
            with contextlib.closing(self.ground.redis()) as client, client.pipeline(transaction=True) as pipeline:
                pipeline.info("server")
                pipeline.get(keys.epoch(bucket))
                for name in names:
                    pipeline.hget(name, FIELD)
                about, epoch, *values = pipeline.execute()
        except (redis.ConnectionError, redis.TimeoutError):
            return None
        if not epoch or not epoch.decode().startswith(about["run_id"]):
            return None
        return [ScopeCounts.read(value).total for value in values]
