"""The running API keeps to its document: a fuzzer that reads the document finds nothing that it does not say."""

from pathlib import Path

import pytest

from fixtures.api.api_clients import run_reader
from fixtures.running.stack import Member, Stack

pytestmark = pytest.mark.stack

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
EXAMPLES = 10


@pytest.mark.parametrize("seed", [7, pytest.param(8, marks=pytest.mark.full), pytest.param(9, marks=pytest.mark.full)])
def test_nothing_is_answered_that_the_document_does_not_say(
    stack: Stack, member: Member, tmp_path: Path, seed: int
) -> None:
    said = run_reader(
        "schemathesis",
        *("--config-file", str(CONFIGURATION), "run", f"{stack['LOCKSTEP_API_URL']}/api/v1/openapi.json"),
        *("--header", f"Authorization: Bearer {member.token}"),
        *("--seed", str(seed), "--max-examples", str(EXAMPLES)),
        *("--phases", "examples,coverage,fuzzing", "--workers", "2", "--continue-on-failure", "--no-color"),
        folder=tmp_path,
    )
    assert "Tested: " in said
