"""Refuses to read what has expired of a run, by name and with the moment, before nothing is shown in its place."""

from foundation.domain.policy.retention import ContentExpired, ContentKind
from foundation.domain.words.quoting import quoted
from foundation.storage.execution.runs import Run


def require_kept(run: Run, *kinds: ContentKind) -> None:
    """`ContentExpired` of the first of these kinds that has expired."""
    for kind in kinds:
        at = run.expired().get(kind)
        if at is not None:
            raise ContentExpired(f"the content {quoted(kind.value)} of run {run.run_id}", kind, at)
