"""What a tool job may say."""

from typing import Any

import pytest
from pydantic import ValidationError

from fixtures.sandboxing.launchers import a_job
from foundation.contracts.tool_job import ToolJob

GOOD = {"name": "a.csv", "url": "https://example.com/x", "size": 1, "sha256": "0" * 64}


@pytest.mark.parametrize(
    "change",
    [
        {"surplus": 1},
        {"tool": "../x"},
        {"tool": "Code.Python"},
        {"inputs": [GOOD, GOOD]},
        {"inputs": [GOOD, {**GOOD, "name": "a.csv/b"}]},
        {"inputs": [{**GOOD, "name": "../../etc/passwd"}]},
        {"inputs": [{**GOOD, "url": "file:///etc/passwd"}]},
        {"inputs": [{**GOOD, "sha256": "0" * 63}]},
        {"inputs": [{**GOOD, "name": f"n{n}", "size": 1 << 26} for n in range(3)]},
        {"uploads": [{"index": 0, "url": "https://e", "fields": {}}] * 2},
        {"limits": {"wall_seconds": 0}},
        {"expires_at": "2026-01-01T00:00:00"},
    ],
)
def test_an_ambiguous_or_unbounded_job_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        a_job(**change)


def test_a_job_survives_its_way_over_the_wire() -> None:
    job = a_job(inputs=[GOOD], uploads=[{"index": 3, "url": "https://e/x", "fields": {"key": "k"}}])
    assert ToolJob.model_validate_json(job.model_dump_json()) == job
