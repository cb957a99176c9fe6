"""The running API keeps to its document: a fuzzer that reads the document finds nothing that it does not say."""

import random
from pathlib import Path

import pytest

from fixtures.api.api_clients import run_reader
from fixtures.api.unopened_apps import unopened_api
from fixtures.running.stack import Member, Stack

pytestmark = pytest.mark.stack

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
EXAMPLES = 10
SAMPLE = 8
"""Operations that the default tier tries, drawn by the seed; the full one tries all."""


def drawn(seed: int, *, most: int | None) -> list[str]:
    """The options that choose operations; none for all of them."""
    if most is None:
        return []
    items = unopened_api().openapi()["paths"].values()
    ids = sorted(
        operation["operationId"] for item in items for operation in item.values() if "operationId" in operation
    )
    chosen = random.Random(seed).sample(ids, most)  # a sample that can be drawn again
    return [word for name in chosen for word in ("--include-operation-id", name)]


@pytest.mark.parametrize(
    ("seed", "most"),
    [(7, SAMPLE), pytest.param(8, None, marks=pytest.mark.full), pytest.param(9, None, marks=pytest.mark.full)],
)
def test_nothing_is_answered_that_the_document_does_not_say(
    stack: Stack, member: Member, tmp_path: Path, seed: int, most: int | None
) -> None:
    # One worker: CPython 3.11 reads two sources in two threads with one count of depths, and fails over it.
    said = run_reader(
        "schemathesis",
        *("--config-file", str(CONFIGURATION), "run", f"{stack['LOCKSTEP_API_URL']}/api/v1/openapi.json"),
        *("--header", f"Authorization: Bearer {member.token}"),
        *("--seed", str(seed), "--max-examples", str(EXAMPLES)),
        *("--phases", "examples,coverage,fuzzing", "--workers", "1", "--continue-on-failure", "--no-color"),
        *drawn(seed, most=most),
        folder=tmp_path,
    )
    assert "Tested: " in said
